-- wrk: each request asks for another server of the list in MUSTER_IDS, at random.
local ids = {}
for id in io.lines(os.getenv("MUSTER_IDS")) do ids[#ids + 1] = id end

function setup(thread) thread:set("seed", math.random(1e9)) end

function init() math.randomseed(seed) end

function request()
  return wrk.format("GET", "/api/v1/fleet/servers/" .. ids[math.random(#ids)])
end
