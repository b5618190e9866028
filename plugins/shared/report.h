// Gathers what one run finds, part by part; the worst part decides. Owned by its run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "muster/probe.hpp"

namespace muster::probes {

class Report {
 public:
  // A part of the target and what is wrong with it: no figures that differ at every run.
  void add_part(std::string_view name, muster_status status, std::string_view message = {});
  void add_metric(std::string_view name, double value);
  void add_phase(std::string_view name, std::int64_t duration_ns);  // `name`: a literal

  // The parts decide: the message names those that are not well, the worst first.
  void complete(sdk::Run run) const;
  // The target could not be asked, or refused.
  void complete(sdk::Run run, muster_status status, muster_reason reason,
                std::string_view message) const;

 private:
  struct Part {
    std::string name;
    muster_status status;
    std::string message;
  };
  struct Metric {
    std::string name;
    double value;
  };

  std::vector<Part> parts_;
  std::vector<Metric> metrics_;
  std::vector<muster_phase> phases_;
};

}  // namespace muster::probes
