#include "tests/unit/simfleet/tls_visit.h"

#include <stdexcept>

#include "tests/support/sim_client.h"

namespace muster::test {
namespace {

using SslPointer = std::unique_ptr<SSL, sim::OpensslDeleter<::SSL_free>>;

void expect_name(SSL* ssl, const std::string& address, const std::string& server_name) {
  if (server_name.empty()) {
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), address.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, server_name.c_str());
    ::SSL_set1_host(ssl, server_name.c_str());
  }
}

std::string get_health(SSL* ssl) {
  const std::string request = "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n";
  ::SSL_write(ssl, request.data(), static_cast<int>(request.size()));
  std::string answer;
  char buffer[4096];
  for (int count = 0; (count = ::SSL_read(ssl, buffer, sizeof buffer)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  return answer;
}

int days_left(const SSL* ssl) {
  int days = 0;
  int seconds = 0;
  const X509* const shown = ::SSL_get0_peer_certificate(ssl);
  if (shown != nullptr) ::ASN1_TIME_diff(&days, &seconds, nullptr, ::X509_get0_notAfter(shown));
  return days;
}

}  // namespace

TlsVisitor::TlsVisitor(const std::string& ca_file, int version)
    : context_(::SSL_CTX_new(::TLS_client_method())) {
  ::SSL_CTX_load_verify_file(context_.get(), ca_file.c_str());
  SSL_CTX_set_min_proto_version(context_.get(), version);
  SSL_CTX_set_max_proto_version(context_.get(), version);
}

TlsVisitor::Visit TlsVisitor::visit(const std::string& address, std::uint16_t port,
                                    const std::string& server_name) {
  const SimClient client(address, port);
  const SslPointer ssl(::SSL_new(context_.get()));
  ::SSL_set_fd(ssl.get(), client.fd());
  expect_name(ssl.get(), address, server_name);
  if (session_) ::SSL_set_session(ssl.get(), session_.get());
  if (::SSL_connect(ssl.get()) != 1) throw std::runtime_error("no TLS handshake");
  Visit visit;
  visit.verdict = ::SSL_get_verify_result(ssl.get());
  visit.resumed = ::SSL_session_reused(ssl.get()) == 1;
  visit.days_left = days_left(ssl.get());
  visit.answer = get_health(ssl.get());
  ::SSL_shutdown(ssl.get());
  session_.reset(::SSL_get1_session(ssl.get()));
  return visit;
}

}  // namespace muster::test
