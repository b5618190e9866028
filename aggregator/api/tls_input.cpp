#include "aggregator/api/tls_input.h"

#include "common/base/pem.h"

namespace muster {
namespace {

constexpr const char* kCa = "ca_pem";
constexpr const char* kCertificate = "client_certificate_pem";
constexpr const char* kKey = "client_key_pem";

// An empty text is the same as null. One that is too long counts as there, but is not looked into:
// then the value is an empty text.
BodyField<std::string> pem_text(FieldReader& reader, const char* name) {
  BodyField<std::string> field = reader.text(name);
  if (field.value && field.value->empty()) field.value.reset();
  if (field.value && field.value->size() > kMostPemBytes) {
    reader.reject(name, "too_large",
                  "may have " + std::to_string(kMostPemBytes) + " bytes at most");
    field.value->clear();
  }
  return field;
}

std::optional<Certificates> certificates_of(FieldReader& reader, const char* name,
                                            const BodyField<std::string>& field) {
  if (!field.value || field.value->empty()) return std::nullopt;
  auto certificates = read_certificates(*field.value);
  if (certificates) return std::move(*certificates);
  reader.reject(name, "invalid", certificates.error().message);
  return std::nullopt;
}

void check_key(FieldReader& reader, const Secret& pem, const std::optional<Certificates>& chain) {
  const auto key = read_private_key(pem);
  if (!key) return reader.reject(kKey, "invalid", key.error().message);
  if (chain && !fits(*chain->front(), **key)) {
    reader.reject(kKey, "mismatch", "is not the key of the first client certificate");
  }
}

// A certificate and its key come together and go together.
void check_pair(FieldReader& reader, const BodyField<std::string>& certificate,
                const BodyField<std::string>& key, bool has_key) {
  if (certificate.value && !key.value) {
    reader.reject(kKey, "required", "a client certificate comes with its key");
  }
  if (key.value && !certificate.value) {
    reader.reject(kCertificate, "required", "a client key comes with its certificate");
  }
  if (key.is_null() && !certificate.given && has_key) {
    reader.reject(kKey, "required", "goes together with the client certificate only");
  }
}

TlsInput read_members(FieldReader& reader, bool has_key) {
  const auto ca = pem_text(reader, kCa);
  const auto certificate = pem_text(reader, kCertificate);
  const auto key = pem_text(reader, kKey);
  const auto authorities = certificates_of(reader, kCa, ca);
  const auto chain = certificates_of(reader, kCertificate, certificate);
  const Secret key_pem(key.value.value_or(""));
  check_pair(reader, certificate, key, has_key);
  if (!key_pem.empty()) check_key(reader, key_pem, chain);

  TlsInput input;
  if (ca.given) input.ca_pem = authorities ? to_pem(*authorities) : "";
  if (certificate.given) {
    input.client_certificate = {chain ? to_pem(*chain) : "", key_pem};
  }
  return input;
}

}  // namespace

TlsInput read_tls(FieldReader& body, bool has_key) {
  const auto field = body.nested("tls");
  if (!field.given) return {};
  if (!field.value) return {"", ClientCertificate()};
  FieldReader reader(*field.value);
  TlsInput input = read_members(reader, has_key);
  body.adopt("tls", reader.finish());
  return input;
}

}  // namespace muster
