// SHA-256 of a text that comes in pieces. One owner, no locks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace muster {

class Sha256Stream {
 public:
  Sha256Stream();

  void add(std::string_view piece);
  std::string finish();  // 64 hexadecimal digits; once, at the end

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace muster
