"""Verifies the certificates of servers, and says what is wrong with one that is refused."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from weakref import ref

from OpenSSL import SSL
from OpenSSL.crypto import X509
from scrapy.core.downloader.contextfactory import _ScrapyCertificateOptions, _ScrapyClientContextFactory
from scrapy.exceptions import IgnoreRequest
from service_identity import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet._sslverify import ClientTLSOptions
from twisted.internet.ssl import platformTrust
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from newsbot.errors import UsageError

UNKNOWN_ISSUER = (
    "tls-unknown-issuer",
    "no authority that is known here has signed it, or the server does not send all of the chain",
)
PROBLEMS = {
    2: UNKNOWN_ISSUER,
    9: ("tls-not-yet-valid", "it is not valid yet"),
    10: ("tls-expired", "it has expired"),
    18: ("tls-self-signed", "it is signed by itself"),
    19: UNKNOWN_ISSUER,
    20: UNKNOWN_ISSUER,
    21: UNKNOWN_ISSUER,
    23: ("tls-revoked", "it has been revoked"),
}
"""Number of OpenSSL's verification errors (X509_V_ERR_...) -> reason of the reject, and the reason in words."""
WRONG_HOST = ("tls-wrong-host", "it is for another host")


class CertificateRefusedError(IgnoreRequest):
    """Raised for a request to a host whose certificate is not valid. Nothing has been sent to it."""

    def __init__(self, host: str, reason: str, why: str) -> None:
        super().__init__(f"the certificate of {host} is refused: {why} ({reason})")
        self.reason = reason


@implementer(IPolicyForHTTPS)
class CertificatePolicy:
    """Which certificates are accepted: those that an authority of the system has signed for the host that is asked for.

    OpenSSL finds the authorities where the system has them, or in the file and the folder that the environment variables
    `SSL_CERT_FILE` and `SSL_CERT_DIR` name. `is_exempt` is asked, with a host and a port, where any certificate will do."""

    def __init__(self, scrapys: _ScrapyClientContextFactory, is_exempt: Callable[[str, int], bool]) -> None:
        self.unverified = scrapys
        self.is_exempt = is_exempt
        # One for all connections: the authorities are read from the disk once.
        self._options = _ScrapyCertificateOptions(
            trustRoot=platformTrust(),  # type: ignore[no-untyped-call]
            **scrapys._get_cert_options_kwargs(),
        )

    def creatorForNetloc(self, hostname: bytes, port: int) -> ClientTLSOptions:
        """Return what makes the TLS connections to a host."""
        host = hostname.decode("ascii")
        if self.is_exempt(host, port):
            return self.unverified.creatorForNetloc(hostname, port)
        return VerifiedConnections(self._options.clientConnectionForTLS, host)


class VerifiedConnections(ClientTLSOptions):
    """Twisted's options of a client, with an error that says what is wrong with a certificate."""

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """Return a connection that raises CertificateRefusedError in its handshake."""
        connection = super().clientConnectionForTLS(tlsProtocol)
        protocol = ref(tlsProtocol)

        def verify(_: SSL.Connection, certificate: X509, error: int, depth: int, is_valid: int) -> bool:
            problem = None if is_valid else PROBLEMS.get(error, ("tls-invalid", f"OpenSSL's error {error}"))
            if problem is None and depth == 0 and not self._is_for_host(certificate):
                problem = WRONG_HOST
            if problem and (connected := protocol()):
                refused = CertificateRefusedError(self._hostnameASCII, *problem)
                connected.failVerification(Failure(refused))  # type: ignore[no-untyped-call]
            return problem is None

        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, verify)
        return connection

    def _is_for_host(self, certificate: X509) -> bool:
        name = self._hostnameASCII
        try:
            wanted = DNS_ID(name) if self._hostnameIsDnsName else IPAddress_ID(name)
            verify_service_identity(extract_patterns(certificate), [wanted], [])
        except (VerificationError, CertificateError, ValueError):
            return False
        return True


def check_authorities() -> None:
    """Raise UsageError if the environment names a file of authorities that cannot be used: OpenSSL would say nothing."""
    path = os.environ.get("SSL_CERT_FILE")
    if not path:
        return
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError):
        raise UsageError(
            f"SSL_CERT_FILE is {path!r}; accepted: a file with certificates of authorities (PEM)"
        ) from None
