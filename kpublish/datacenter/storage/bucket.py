"""Content in a bucket that speaks S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/), by django-storages.

An object appears whole or not at all: what arrives is verified in an unnamed file of the data center's folder, then sent.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from storages.backends.s3 import S3Storage

from kpublish.datacenter.storage import Stored
from kpublish.errors import ConfigurationError, IntegrityError, StorageUnavailable
from kpublish.files import storing
from kpublish.http import check_address

_NAME = re.compile(r"[0-9a-f]{64}")
_MISSING = ("404", "NoSuchKey", "NotFound", "NoSuchUpload")
#: Seconds for one attempt: to connect, and between two blocks; and how often it is tried.
_CONNECT, _READ, _ATTEMPTS = 5, 60, 3
#: Seconds for which the answer of a probe holds: whoever asks for the health of the data center does not ask the bucket.
_FRESH = 5.0
#: Files up to this size are sent in one request, larger ones in parts of it, two at once.
_PART = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bucket is; credentials stand elsewhere: in the environment, or where boto3 looks for them."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""


def address(url: str) -> Address:
    """Read ``s3://bucket/prefix?endpoint=https://…&region=…``.

    Raises
    ------
    ConfigurationError
        If it is something else, or holds credentials.

    Examples
    --------
    >>> address("s3://km3net/opendata?region=eu-west-3")
    Address(bucket='km3net', prefix='opendata', endpoint='', region='eu-west-3')
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or set(asked) - {"endpoint", "region"}:
        raise ConfigurationError(
            "KPUBLISH_DC_STORAGE names no bucket.",
            remedy="Write s3://bucket/prefix?endpoint=https://…&region=…; credentials belong into AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY.",
        )
    endpoint, region = (asked.get(name, [""])[0] for name in ("endpoint", "region"))
    if endpoint:
        check_address(endpoint)
    return Address(parts.netloc, parts.path.strip("/"), endpoint, region)


@lru_cache(maxsize=4)
def _storage(place: Address, _process: int) -> S3Storage:
    """One storage for each bucket and process; its connections are kept for each thread."""
    attempts = {"total_max_attempts": _ATTEMPTS, "mode": "standard"}
    config = Config(
        connect_timeout=_CONNECT, read_timeout=_READ, retries=attempts, signature_version="s3v4", max_pool_connections=32
    )
    return S3Storage(
        bucket_name=place.bucket,
        endpoint_url=place.endpoint or None,
        region_name=place.region or None,
        default_acl=None,
        client_config=config,
    )


class BucketStore:
    """A bucket, or the part of it below a prefix."""

    def __init__(self, data: Path, place: Address) -> None:
        self.data = data
        self.place = place
        self._prefix = f"{place.prefix}/" if place.prefix else ""

    def key(self, sha256: str) -> str:
        """Under what name the content with this checksum stands."""
        return f"{self._prefix}{sha256[:2]}/{sha256}"

    def holds(self, sha256: str, size: int) -> bool:
        """Whether the object is there in full."""
        with _answering():
            try:
                told = self._client.head_object(Bucket=self.place.bucket, Key=self.key(sha256))
            except ClientError as error:
                if _code(error) in _MISSING:
                    return False
                raise
        return bool(told["ContentLength"] == size)

    def receive(self, blocks: Iterable[bytes], sha256: str, size: int) -> None:
        """Verify the content while it streams to disk, then send it; an attempt that fails leaves no object.

        Raises
        ------
        IntegrityError
            If length or checksum differ.
        StorageError
            If it cannot be kept meanwhile.
        StorageUnavailable
            If the bucket does not take it.
        """
        digest, received = hashlib.sha256(), 0
        with storing(self.data), tempfile.TemporaryFile(dir=self.data) as part:
            for block in blocks:
                digest.update(block)
                received += len(block)
                part.write(block)
            if received != size or digest.hexdigest() != sha256:
                raise IntegrityError(
                    f"The bytes that arrived are not those of sha256 {sha256} ({received} of {size} bytes).",
                    remedy="Send the file again.",
                )
            part.seek(0)
            self._send(cast(BinaryIO, part), sha256)

    def adopt(self, path: Path, sha256: str, size: int) -> None:
        """Send a verified file, unless the object is there."""
        if not self.holds(sha256, size):
            with storing(path), path.open("rb") as part:
                self._send(part, sha256)

    def _send(self, part: BinaryIO, sha256: str) -> None:
        settings = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, max_concurrency=2)
        with _answering():
            self._client.upload_fileobj(part, self.place.bucket, self.key(sha256), Config=settings)

    def open(self, sha256: str, start: int = 0) -> BinaryIO:
        """Open the object for reading from ``start`` on; no more than is asked for is fetched."""
        from_there = {"Range": f"bytes={start}-"} if start else {}
        with _answering():
            try:
                told = self._client.get_object(Bucket=self.place.bucket, Key=self.key(sha256), **from_there)
            except ClientError as error:
                if _code(error) in _MISSING:
                    raise FileNotFoundError(sha256) from error
                raise
        return cast(BinaryIO, _Body(told["Body"]))

    def sync(self, checksums: Iterable[str]) -> None:
        """Nothing: an object whose upload was answered is durable."""

    def sweep(self) -> int:
        """Nothing: others may send to the same bucket; fsck removes old parts."""
        return 0

    def listed(self) -> Iterator[Stored]:
        """Every object, then every upload in parts that was not completed."""
        where = {"Bucket": self.place.bucket, "Prefix": self._prefix}
        with _answering():
            for page in self._client.get_paginator("list_objects_v2").paginate(**where):
                for item in page.get("Contents", ()):
                    yield self._stored(item)
            for page in self._client.get_paginator("list_multipart_uploads").paginate(**where):
                for item in page.get("Uploads", ()):
                    yield Stored(f"{item['Key']} {item['UploadId']}", "part", 0, item["Initiated"].timestamp())

    def _stored(self, item: dict[str, Any]) -> Stored:
        key = item["Key"].removeprefix(self._prefix)
        folder, _, name = key.rpartition("/")
        is_content = bool(_NAME.fullmatch(name)) and folder == name[:2]
        when = item["LastModified"].timestamp()
        return Stored(name if is_content else key, "content" if is_content else "strange", item["Size"], when)

    def remove(self, found: Stored) -> None:
        """Remove an object, or end an upload in parts."""
        with _answering():
            if found.kind == "part":
                key, _, upload = found.name.rpartition(" ")
                try:
                    self._client.abort_multipart_upload(Bucket=self.place.bucket, Key=key, UploadId=upload)
                except ClientError as error:
                    if _code(error) not in _MISSING:
                        raise
            else:
                key = self.key(found.name) if found.kind == "content" else self._prefix + found.name
                self._client.delete_object(Bucket=self.place.bucket, Key=key)

    def probe(self) -> None:
        """Ask whether the bucket is there and ours, at most every few seconds.

        Raises
        ------
        StorageUnavailable
            If not.
        """
        if time.monotonic() - _probed.get(self.place, -_FRESH) >= _FRESH:
            with _answering():
                self._client.head_bucket(Bucket=self.place.bucket)
            _probed[self.place] = time.monotonic()

    @property
    def _client(self) -> Any:
        return _storage(self.place, os.getpid()).connection.meta.client


#: Bucket → when it answered last.
_probed: dict[Address, float] = {}


class _Body(RawIOBase):
    """The bytes of an answer."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        with _answering():
            return cast(bytes, self._body.read(None if size < 0 else size))

    def close(self) -> None:
        self._body.close()
        super().close()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _answering() -> Iterator[None]:
    """Make one error of everything that a bucket may fail with."""
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError, HTTPClientError) as error:
        remedy = "Try again in a moment; if it stays so, check the bucket, its address and its credentials."
        cause = f"it answered {_code(error)}" if isinstance(error, ClientError) else type(error).__name__
        raise StorageUnavailable(f"The store of the data center failed ({cause}).", remedy=remedy) from error
    except ConnectionError as error:
        raise StorageUnavailable(
            "The connection to the store of the data center broke.", remedy="Try again in a moment."
        ) from error
