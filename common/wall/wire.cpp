#include "common/wall/wire.h"

#include <algorithm>
#include <array>

#include "common/plugin/translate.h"

namespace muster::wire {
namespace {

constexpr std::size_t kMostResultBytes = 128 * 1024;  // of a packet's 256 KiB
constexpr std::int64_t kLongestPhaseUs = std::chrono::microseconds(std::chrono::hours(1)).count();

// A record that begins with its kind.
class Record {
 public:
  explicit Record(Kind kind) { writer_.put(static_cast<std::uint8_t>(kind)); }

  template <typename T>
  Record& put(T value) {
    writer_.put(value);
    return *this;
  }
  Record& text(std::string_view text) {
    writer_.put_text(text);
    return *this;
  }
  Record& texts(const std::vector<std::string>& texts) {
    put(static_cast<std::uint32_t>(texts.size()));
    for (const std::string& each : texts) text(each);
    return *this;
  }

  std::size_t size() const { return bytes_.size(); }
  std::string finish() { return std::move(bytes_); }

 private:
  std::string bytes_;
  ByteWriter writer_{bytes_};
};

std::string take_string(ByteReader& reader) {
  return std::string(reader.take_text());
}

// A count of things that take at least `least` bytes each: 0 when there cannot be as many.
std::size_t take_count(ByteReader& reader, std::size_t least) {
  const auto count = reader.take<std::uint32_t>();
  if (count <= reader.rest().size() / least) return count;
  reader.take_bytes(reader.rest().size() + 1);  // no longer ok
  return 0;
}

std::vector<std::string> take_strings(ByteReader& reader) {
  std::vector<std::string> texts(take_count(reader, 4));
  for (std::string& text : texts) text = take_string(reader);
  return texts;
}

void put_server(Record& record, const Server& server, bool trusted) {
  const auto confided = [&](const std::string& text) -> std::string_view {
    return trusted ? std::string_view(text) : std::string_view();
  };
  record.put(true).text(server.name).text(server.hostname).text(server.api_url);
  record.text(confided(server.api_token.reveal())).text(server.region).text(server.environment);
  record.put(server.tls != nullptr);
  if (server.tls == nullptr) return;
  record.text(server.tls->ca_pem).text(confided(server.tls->certificate_pem));
  record.text(confided(server.tls->key_pem.reveal()));
}

std::array<std::int64_t, 5> microseconds(const Phases& phases) {
  return {phases.dns.count(), phases.connect.count(), phases.tls.count(), phases.first_byte.count(),
          phases.transfer.count()};
}

std::size_t size_of(const Component& component) {
  return component.name.size() + component.message.size() + 9;
}

std::size_t size_of(const Metric& metric) {
  std::size_t bytes = metric.name.size() + 32;
  for (const auto& [name, value] : metric.labels) bytes += name.size() + value.size() + 8;
  return bytes;
}

void put_metric(Record& record, const Metric& metric) {
  record.text(metric.name).put(static_cast<std::uint8_t>(metric.kind)).put(metric.value);
  record.put(static_cast<std::uint32_t>(metric.labels.size()));
  for (const auto& [name, value] : metric.labels) record.text(name).text(value);
}

void put_component(Record& record, const Component& component) {
  record.text(component.name).put(static_cast<std::int8_t>(component.status));
  record.text(component.message);
}

// As many of them as the record may grow to `most` by.
template <typename Things, typename Put>
void put_fitting(Record& record, const Things& things, std::size_t most, Put put) {
  std::size_t size = record.size();
  std::size_t count = 0;
  while (count < things.size() && (size += size_of(things[count])) <= most) ++count;
  record.put(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count; ++i) put(record, things[i]);
}

}  // namespace

std::string setup(const Setup& setup) {
  Record record(Kind::kSetup);
  record.texts(setup.allow_networks).texts(setup.deny_networks).texts(setup.dns_servers);
  record.text(setup.ca_file).put(setup.loops).put(setup.log_level).put(setup.daemon);
  return record.finish();
}

Setup take_setup(ByteReader& reader) {
  Setup setup;
  setup.allow_networks = take_strings(reader);
  setup.deny_networks = take_strings(reader);
  setup.dns_servers = take_strings(reader);
  setup.ca_file = take_string(reader);
  setup.loops = reader.take<std::uint32_t>();
  setup.log_level = reader.take<std::uint8_t>();
  setup.daemon = reader.take<std::int32_t>();
  return setup;
}

std::string hello(const Hello& hello) {
  Record record(Kind::kHello);
  record.text(hello.name).text(hello.version).text(hello.summary).text(hello.schema);
  return record.texts(hello.services).finish();
}

Hello take_hello(ByteReader& reader) {
  Hello hello;
  hello.name = take_string(reader);
  hello.version = tidy(reader.take_text(), kMostNameBytes);
  hello.summary = tidy(reader.take_text(), kMostMessageBytes);
  hello.schema = take_string(reader);
  hello.services = take_strings(reader);
  return hello;
}

std::string refused(std::string_view why) {
  return Record(Kind::kRefused).text(why).finish();
}

std::string create(std::uint32_t probe, std::string_view name, std::string_view config_json) {
  return Record(Kind::kCreate).put(probe).text(name).text(config_json).finish();
}

std::string created(std::uint32_t probe, std::string_view error) {
  return Record(Kind::kCreated).put(probe).text(error).finish();
}

std::string number(Kind kind, std::uint32_t number) {
  return Record(kind).put(number).finish();
}

std::string start(const Start& start, const Server* server, bool trusted) {
  Record record(Kind::kStart);
  record.put(start.run).put(start.probe).put(start.target).put(start.left_us);
  if (server != nullptr) {
    put_server(record, *server, trusted);
  } else {
    record.put(false);
  }
  return record.finish();
}

Start take_start(ByteReader& reader) {
  Start start;
  start.run = reader.take<std::uint32_t>();
  start.probe = reader.take<std::uint32_t>();
  start.target = reader.take<std::uint32_t>();
  start.left_us = reader.take<std::int64_t>();
  return start;
}

ServerPointer take_server(ByteReader& reader) {
  if (!reader.take<bool>()) return nullptr;
  auto server = std::make_shared<Server>();
  server->name = take_string(reader);
  server->hostname = take_string(reader);
  server->api_url = take_string(reader);
  server->api_token = Secret(take_string(reader));
  server->region = take_string(reader);
  server->environment = take_string(reader);
  if (reader.take<bool>()) {
    TlsIdentity tls;
    tls.ca_pem = take_string(reader);
    tls.certificate_pem = take_string(reader);
    tls.key_pem = Secret(take_string(reader));
    server->tls = std::make_shared<const TlsIdentity>(std::move(tls));
  }
  return server;
}

std::string done(std::uint32_t run, const Finding& finding) {
  Record record(Kind::kDone);
  record.put(run).put(static_cast<std::int8_t>(finding.status));
  record.put(static_cast<std::int16_t>(finding.reason));
  record.put(static_cast<std::int32_t>(finding.http_status));
  for (const std::int64_t phase : microseconds(finding.phases)) record.put(phase);
  record.text(finding.message());
  put_fitting(record, finding.words->components, kMostResultBytes / 2, put_component);
  put_fitting(record, finding.metrics, kMostResultBytes, put_metric);
  return record.finish();
}

TakenResult::TakenResult(ByteReader& reader) {
  result_.struct_size = sizeof result_;
  result_.status = reader.take<std::int8_t>();
  result_.reason = reader.take<std::int16_t>();
  result_.http_status = reader.take<std::int32_t>();
  take_phases(reader);
  result_.message = to_c(reader.take_text());
  take_components(reader);
  take_metrics(reader);
}

void TakenResult::take_phases(ByteReader& reader) {
  for (const std::string_view name : {"dns", "connect", "tls", "first_byte", "transfer"}) {
    const auto us = std::clamp<std::int64_t>(reader.take<std::int64_t>(), 0, kLongestPhaseUs);
    phases_.push_back({to_c(name), us * 1000});
  }
  result_.phases = phases_.data();
  result_.phase_count = phases_.size();
}

void TakenResult::take_components(ByteReader& reader) {
  components_.resize(take_count(reader, 9));
  for (muster_component& component : components_) {
    component.name = to_c(reader.take_text());
    component.status = reader.take<std::int8_t>();
    component.message = to_c(reader.take_text());
  }
  result_.components = components_.data();
  result_.component_count = components_.size();
}

void TakenResult::take_metrics(ByteReader& reader) {
  metrics_.resize(take_count(reader, 17));
  for (muster_metric& metric : metrics_) {
    metric.name = to_c(reader.take_text());
    metric.kind = reader.take<std::uint8_t>();
    metric.value = reader.take<double>();
    metric.label_count = take_count(reader, 8);
    for (std::size_t i = 0; i < metric.label_count; ++i) {
      const muster_str name = to_c(reader.take_text());
      labels_.push_back({name, to_c(reader.take_text())});
    }
  }
  const muster_pair* next = labels_.data();  // they move no more
  for (muster_metric& metric : metrics_) {
    metric.labels = next;
    next += metric.label_count;
  }
  result_.metrics = metrics_.data();
  result_.metric_count = metrics_.size();
}

}  // namespace muster::wire
