// What the fields of a server may hold. Each rule gives the complaint for a person, or nothing when
// the value is good. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace muster {

using Complaint = std::optional<std::string>;

inline constexpr std::size_t kMostMetadataBytes = 16 * 1024;
inline constexpr std::size_t kMostTags = 64;
inline constexpr std::size_t kMostGroups = 64;  // that a server is put in by name

Complaint complaint_about_name(const std::string& name);
Complaint complaint_about_hostname(const std::string& hostname);
Complaint complaint_about_api_url(const std::string& url);
Complaint complaint_about_api_token(const std::string& token);
Complaint complaint_about_place(const std::string& place);  // a region or an environment
Complaint complaint_about_tag(const std::string& tag);

// Of a good URL.
std::string host_of(const std::string& url);
std::string without_trailing_slashes(std::string url);

}  // namespace muster
