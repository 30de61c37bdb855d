// The self-signed pair behind `/Common/default.crt` and `/Common/default.key`: the same on every emulated device,
// public, and worth nothing. Made once, so that starting a device needs no key generation.

export const selfSignedDefault = {
  certPem: `-----BEGIN CERTIFICATE-----
MIIBlzCCAT2gAwIBAgIUaDJUWueiYenlqlgIl1BfSgwbQaEwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVbG9jYWxob3N0LmxvY2FsZG9tYWluMCAXDTI2MTEyMTE0MjE0
MloYDzIxMjYxMDI4MTQyMTQyWjAgMR4wHAYDVQQDDBVsb2NhbGhvc3QubG9jYWxk
b21haW4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARpSpARFdYjm407Y+c0HNJb
tEm1P0MWJmcyi2o8LwnLvGT48Gd1o9ocpv5eJtB2/rNyr2LUX7tpqdvKkyD9WlHQ
o1MwUTAdBgNVHQ4EFgQUyiH0VAvmCpCvndFK2nnU2eMyVp4wHwYDVR0jBBgwFoAU
yiH0VAvmCpCvndFK2nnU2eMyVp4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD
AgNIADBFAiEAsDLlnE86LCVcUgYdYkJaoSzij+hSPH70Dzl/uGTZji0CIF+cxcGb
yIoUH58pKHh7QIAUTqI7fnLP8WOS7AklaLJH
-----END CERTIFICATE-----
`,
  keyPem: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRxbeHAIdcxlvQQ1o
O6p1zO0mi0KYsYKFFzIw7Fc174ahRANCAARpSpARFdYjm407Y+c0HNJbtEm1P0MW
Jmcyi2o8LwnLvGT48Gd1o9ocpv5eJtB2/rNyr2LUX7tpqdvKkyD9WlHQ
-----END PRIVATE KEY-----
`,
} as const;
