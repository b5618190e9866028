#include "common/base/pem.h"

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/pem.h>

#include "tests/support/test_certificates.h"

namespace muster {
using test::TestCertificates;
using test::TestIdentity;

class PemTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PemTest);
  CPPUNIT_TEST(reads_certificates_in_their_order);
  CPPUNIT_TEST(writes_nothing_but_certificates);
  CPPUNIT_TEST(refuses_what_is_no_certificate);
  CPPUNIT_TEST(refuses_a_key_among_certificates);
  CPPUNIT_TEST(reads_a_key_and_tells_whose_it_is);
  CPPUNIT_TEST(refuses_what_is_no_key);
  CPPUNIT_TEST(refuses_a_key_behind_a_passphrase);
  CPPUNIT_TEST(names_a_certificate);
  CPPUNIT_TEST_SUITE_END();

  static std::string certificate() {
    return TestCertificates::certificate_pem(TestCertificates::self_signed());
  }
  static std::string why_refused(const std::string& pem) {
    const auto read = read_certificates(pem);
    return read ? "read" : read.error().message;
  }
  static std::string why_no_key(const std::string& pem) {
    const auto read = read_private_key(Secret(pem));
    return read ? "read" : read.error().message;
  }

  void reads_certificates_in_their_order() {
    const std::string first = certificate();
    const std::string second = certificate();
    const auto both = read_certificates(first + second);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, both->size());
    CPPUNIT_ASSERT_EQUAL(first + second, to_pem(*both));
  }

  void writes_nothing_but_certificates() {
    const std::string pem = certificate();
    const auto read = read_certificates("Subject: somebody\r\n" + pem + "a line behind it");
    CPPUNIT_ASSERT_EQUAL(pem, to_pem(*read));
  }

  void refuses_what_is_no_certificate() {
    const std::string pem = certificate();
    const std::string none = "holds no -----BEGIN CERTIFICATE----- block";
    CPPUNIT_ASSERT_EQUAL(none, why_refused(""));
    CPPUNIT_ASSERT_EQUAL(none, why_refused("certificate"));
    std::string damaged = pem;
    damaged[pem.size() / 2] = '!';
    CPPUNIT_ASSERT_EQUAL(std::string("block 1 is damaged PEM"), why_refused(damaged));
    CPPUNIT_ASSERT_EQUAL(std::string("block 2 is damaged PEM"),
                         why_refused(pem + pem.substr(0, pem.size() / 2)));
    CPPUNIT_ASSERT_EQUAL(
        std::string("block 2 is damaged: it does not decode as a certificate"),
        why_refused(pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  }

  // Certificates are shown to people; a key pasted beside them must not be.
  void refuses_a_key_among_certificates() {
    const TestIdentity identity = TestCertificates::self_signed();
    const std::string both =
        TestCertificates::certificate_pem(identity) + TestCertificates::key_pem(identity);
    CPPUNIT_ASSERT_EQUAL(
        std::string("block 2 is no certificate; only CERTIFICATE blocks may stand here"),
        why_refused(both));
  }

  void reads_a_key_and_tells_whose_it_is() {
    const TestIdentity identity = TestCertificates::self_signed();
    const TestIdentity other = TestCertificates::self_signed();
    const auto key = read_private_key(Secret(TestCertificates::key_pem(identity)));
    CPPUNIT_ASSERT(key);
    CPPUNIT_ASSERT(fits(*identity.certificate, **key));
    CPPUNIT_ASSERT(!fits(*other.certificate, **key));
  }

  void refuses_what_is_no_key() {
    const std::string none = "holds no private key in PEM, or a damaged one";
    CPPUNIT_ASSERT_EQUAL(none, why_no_key(""));
    CPPUNIT_ASSERT_EQUAL(none, why_no_key(certificate()));
    std::string damaged = TestCertificates::key_pem(TestCertificates::self_signed());
    damaged[damaged.size() / 2] = '!';
    CPPUNIT_ASSERT_EQUAL(none, why_no_key(damaged));
  }

  void refuses_a_key_behind_a_passphrase() {
    const TestIdentity identity = TestCertificates::self_signed();
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    const unsigned char passphrase[] = "sesame";
    PEM_write_bio_PrivateKey(memory.get(), identity.key.get(), EVP_aes_256_cbc(), passphrase, 6,
                             nullptr, nullptr);
    const char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &bytes);
    const std::string why = why_no_key({bytes, static_cast<std::size_t>(size)});
    CPPUNIT_ASSERT_MESSAGE(why, why.starts_with("is behind a passphrase"));
  }

  void names_a_certificate() {
    const TestIdentity identity = TestCertificates::self_signed();
    CPPUNIT_ASSERT_EQUAL(std::string("CN=leaf"), subject_of(*identity.certificate));
    CPPUNIT_ASSERT(expiry_of(*identity.certificate) ==
                   WallTime(std::chrono::seconds(identity.expires_at)));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PemTest);
}  // namespace muster
