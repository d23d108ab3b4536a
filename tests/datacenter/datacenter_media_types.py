"""What schemathesis sends as a piece of a file: any bytes."""

import schemathesis
from hypothesis import strategies

schemathesis.openapi.media_type("application/offset+octet-stream", strategies.binary(max_size=100))
