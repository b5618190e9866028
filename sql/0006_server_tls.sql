-- What a server's TLS has of its own: whose certificates it is trusted by, and what musterd shows a
-- server that asks for a client certificate. Certificates are public and stand as PEM; the key is
-- sealed as api_token_sealed is. Null for the mass of servers; what is long moves out of line (TOAST),
-- so that the frequent updates of health columns do not copy it.

ALTER TABLE managed_servers
  ADD COLUMN tls_ca_pem          text,
  ADD COLUMN tls_certificate_pem text,
  ADD COLUMN tls_key_sealed      bytea,
  ADD CONSTRAINT managed_servers_tls_key_check
    CHECK ((tls_certificate_pem IS NULL) = (tls_key_sealed IS NULL));
