"""A mail relay for tests, on aiosmtpd: takes letters and says what it took, one line each.

    smtp_server.py none|starttls|tls

First line: its port. Second line: the file with its certificate. Then, for each letter: login,
whether the line was encrypted, from, to, and the letter's bytes in hexadecimal, between tabs.
"""

import asyncio
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Taking:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return f"550 5.1.1 <{address}>: nobody of this name"
        if address.startswith("busy@"):
            return f"451 4.3.2 <{address}>: later, please"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        login = session.auth_data.login.decode() if session.auth_data else ""
        secure = "yes" if session.ssl is not None or over_tls else "no"
        say(login, secure, envelope.mail_from, envelope.rcpt_tos[0], envelope.content.hex())
        return "250 2.0.0 taken as 4711"


def say(*parts):
    print("\t".join(parts), flush=True)


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and data.password == b"right"
    return AuthResult(success=known, handled=False, auth_data=data)


def certificate(folder):
    key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-keyout", key, "-out", certificate, "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-addext", "basicConstraints=critical,CA:FALSE"],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context


async def main(kind):
    folder = tempfile.mkdtemp(prefix="sitwith-smtp-")
    path, context = certificate(folder)

    def protocol():
        return SMTP(
            Taking(),
            authenticator=authenticate,
            auth_require_tls=kind == "starttls",
            tls_context=context if kind == "starttls" else None,
            require_starttls=kind == "starttls",
        )

    wrap = context if kind == "tls" else None
    # Both families: "localhost" is either.
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=wrap)
    say(str(server.sockets[0].getsockname()[1]))
    say(path)
    await server.serve_forever()


over_tls = sys.argv[1] == "tls"
asyncio.run(main(sys.argv[1]))
