"""The Python SDK's host, so that ``python -m plugins._host`` works in this folder with nothing installed."""

import os
import sys

_SDK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sdk", "python")
if _SDK not in sys.path:
    sys.path.append(_SDK)
__path__ = [os.path.join(_SDK, "plugins", "_host")]
