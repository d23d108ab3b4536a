"""A GitLab as far as id tokens are concerned: keys on loopback, and tokens signed with them, or forged."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Issuer:
    """An issuer; ``asked`` lists the paths that were asked for."""

    key: rsa.RSAPrivateKey = field(default_factory=_key)
    stranger: rsa.RSAPrivateKey = field(default_factory=_key)
    asked: list[str] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)

    def __enter__(self) -> Issuer:
        issuer = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                body = issuer.documents.get(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.documents["/.well-known/openid-configuration"] = json.dumps(
            {"issuer": self.url, "jwks_uri": f"{self.url}/oauth/discovery/keys"}
        ).encode()
        self.documents["/oauth/discovery/keys"] = json.dumps({"keys": [self.jwk(self.key, "first")]}).encode()
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @staticmethod
    def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        return {**shown, "kid": kid, "use": "sig", "alg": "RS256", "key_ops": ["verify"]}

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def claims(self, audience: str, **changes: Any) -> dict[str, Any]:
        """What GitLab says of a job of a tag pipeline; None takes a claim out."""
        now = int(time.time())
        said = {
            "iss": self.url,
            "aud": audience,
            "sub": "project_path:km3net/aeff:ref_type:tag:ref:v1.0.0",
            "iat": now,
            "nbf": now - 5,
            "exp": now + 300,
            "jti": f"jti-{now}-{len(self.asked)}-{id(changes)}",
            "namespace_id": "72",
            "namespace_path": "km3net",
            "project_id": "20",
            "project_path": "km3net/aeff",
            "user_login": "someone",
            "job_id": "4711",
            "ref": "v1.0.0",
            "ref_type": "tag",
            "ref_path": "refs/tags/v1.0.0",
            "ref_protected": "true",
            "sha": "a" * 40,
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    def sign(self, claims: dict[str, Any], *, key: Any = None, algorithm: str = "RS256", **headers: Any) -> str:
        return jwt.encode(claims, key or self.key, algorithm=algorithm, headers={"kid": "first", **headers})
