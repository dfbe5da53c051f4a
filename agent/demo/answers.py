"""Google's way of saying no: the JSON error body and the exception that carries it."""

from typing import Any

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_MESSAGES = {
    "rateLimitExceeded": "Too many concurrent requests for user",
    "userRateLimitExceeded": "User-rate limit exceeded.",
    "dailyLimitExceeded": "Daily Limit Exceeded",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "notFound": "Requested entity was not found.",
    "backendError": "Backend Error",
}
_DOMAINS = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "dailyLimitExceeded": "usageLimits",
    "accessNotConfigured": "usageLimits",
}


class ApiError(Exception):
    """An answer other than success."""

    def __init__(self, code: int, reason: str, message: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.message = message or _MESSAGES.get(reason, reason)

    def body(self) -> dict[str, Any]:
        """The body as Google shapes it; what a client decides on is `errors[].reason`."""
        detail = {
            "message": self.message,
            "domain": _DOMAINS.get(self.reason, "global"),
            "reason": self.reason,
        }
        if self.code == 401:
            detail |= {"locationType": "header", "location": "Authorization"}
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "errors": [detail],
                "status": _STATUS.get(self.code, "UNKNOWN"),
            }
        }


def not_found() -> ApiError:
    """The answer for an id that is not here."""
    return ApiError(404, "notFound")


def bad_request(message: str) -> ApiError:
    """The answer for an argument that cannot be."""
    return ApiError(400, "invalidArgument", message)
