// The keys of advisory locks that a session holds, as SQL. Those of single statements are beside
// them: rollup_note() and rollup_close() share 5570193308 (sql/0009).
#pragma once

namespace muster {

inline constexpr const char* kPartitionsLock = "hashtext('muster.partitions')";
inline constexpr const char* kRollerLock = "5570193309";

}  // namespace muster
