"""One table of what goes wrong at ClickHouse, and what the sink does about it."""

from enum import StrEnum


class ErrorClass(StrEnum):
    """What a failed request means for the data in hand."""

    RETRY = "retry"
    REJECT = "reject"
    STOP = "stop"
    NETWORK = "network"


class TryAgain(Exception):
    """The request may or may not have taken effect; the same one, byte for byte, can be sent again later."""

    def __init__(self, message: str, error_class: ErrorClass = ErrorClass.NETWORK) -> None:
        super().__init__(message)
        self.error_class = error_class


class SinkStopped(Exception):
    """The sink can't go on without a person; the text is one sentence that says why and what to do.

    Nothing is lost: whoever starts the sink again goes on where the ledger ends.
    """

    def __init__(self, message: str, error_class: ErrorClass = ErrorClass.STOP) -> None:
        super().__init__(message)
        self.error_class = error_class


class Abandoned(Exception):
    """The partition is no longer this sink's to write; drop what is in hand, its next owner redoes it."""


#: What passes: overload, merges that are behind (252), replicas and keepers on their way, requests cut off by the
#: network (3, 32, 33: the bytes themselves were read by us before; 216: the client repeated a request of which the
#: server has not noticed yet that its connection is gone).
_RETRY = {
    3: "UNEXPECTED_END_OF_FILE",
    23: "CANNOT_READ_FROM_ISTREAM",
    24: "CANNOT_WRITE_TO_OSTREAM",
    32: "ATTEMPT_TO_READ_AFTER_EOF",
    33: "CANNOT_READ_ALL_DATA",
    74: "CANNOT_READ_FROM_FILE_DESCRIPTOR",
    75: "CANNOT_WRITE_TO_FILE_DESCRIPTOR",
    107: "FILE_DOESNT_EXIST",
    159: "TIMEOUT_EXCEEDED",
    160: "TOO_SLOW",
    164: "READONLY",
    173: "CANNOT_ALLOCATE_MEMORY",
    198: "DNS_ERROR",
    201: "QUOTA_EXCEEDED",
    202: "TOO_MANY_SIMULTANEOUS_QUERIES",
    203: "NO_FREE_CONNECTION",
    209: "SOCKET_TIMEOUT",
    210: "NETWORK_ERROR",
    216: "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
    225: "NO_ZOOKEEPER",
    236: "ABORTED",
    241: "MEMORY_LIMIT_EXCEEDED",
    242: "TABLE_IS_READ_ONLY",
    243: "NOT_ENOUGH_SPACE",
    252: "TOO_MANY_PARTS",
    254: "NO_ACTIVE_REPLICAS",
    279: "ALL_CONNECTION_TRIES_FAILED",
    285: "TOO_FEW_LIVE_REPLICAS",
    286: "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE",
    289: "REPLICA_IS_NOT_IN_QUORUM",
    319: "UNKNOWN_STATUS_OF_INSERT",
    341: "UNFINISHED",
    364: "RECEIVED_ERROR_TOO_MANY_REQUESTS",
    384: "PART_IS_TEMPORARILY_LOCKED",
    394: "QUERY_WAS_CANCELLED",
    425: "SYSTEM_ERROR",
    439: "CANNOT_SCHEDULE_TASK",
    473: "DEADLOCK_AVOIDED",
    517: "CANNOT_ASSIGN_ALTER",
    735: "QUERY_WAS_CANCELLED_BY_CLIENT",
    745: "SERVER_OVERLOADED",
    999: "KEEPER_EXCEPTION",
}

_REJECT = {
    6: "CANNOT_PARSE_TEXT",
    26: "CANNOT_PARSE_QUOTED_STRING",
    27: "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
    38: "CANNOT_PARSE_DATE",
    41: "CANNOT_PARSE_DATETIME",
    53: "TYPE_MISMATCH",
    69: "ARGUMENT_OUT_OF_BOUND",
    70: "CANNOT_CONVERT_TYPE",
    117: "INCORRECT_DATA",
    131: "TOO_LARGE_STRING_SIZE",
    321: "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE",
    349: "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN",
    469: "VIOLATED_CONSTRAINT",
    636: "CANNOT_EXTRACT_TABLE_STRUCTURE",
    691: "UNKNOWN_ELEMENT_OF_ENUM",
}

_STOP = {
    16: "NO_SUCH_COLUMN_IN_TABLE",
    36: "BAD_ARGUMENTS",
    47: "UNKNOWN_IDENTIFIER",
    60: "UNKNOWN_TABLE",
    62: "SYNTAX_ERROR",
    81: "UNKNOWN_DATABASE",
    115: "UNKNOWN_SETTING",
    192: "UNKNOWN_USER",
    193: "WRONG_PASSWORD",
    194: "REQUIRED_PASSWORD",
    195: "IP_ADDRESS_NOT_ALLOWED",
    497: "ACCESS_DENIED",
    516: "AUTHENTICATION_FAILED",
}

#: Server error code to what it means: the class and the server's name for it. Names are ClickHouse's own.
CODES: dict[int, tuple[ErrorClass, str]] = {
    **{code: (ErrorClass.RETRY, name) for code, name in _RETRY.items()},
    **{code: (ErrorClass.REJECT, name) for code, name in _REJECT.items()},
    **{code: (ErrorClass.STOP, name) for code, name in _STOP.items()},
}

_ADVICE = {
    60: "run `scanstream migrate` first",
    81: "run `scanstream migrate` first",
    16: "the tables are older than this program, run `scanstream migrate` first",
    192: "correct the ClickHouse user and password",
    193: "correct the ClickHouse user and password",
    194: "correct the ClickHouse user and password",
    497: "grant the sink's user SELECT and INSERT on its database",
    516: "correct the ClickHouse user and password",
}


def classify(code: int | None) -> ErrorClass:
    """Return what a server error code means; no code at all is the network's, an unknown one stops the sink."""
    if code is None:
        return ErrorClass.NETWORK
    return CODES.get(code, (ErrorClass.STOP, ""))[0]


def exception_for(code: int | None, message: str) -> TryAgain | SinkStopped:
    """Return the exception to raise for a failed request: `message` is the server's or the network's own text."""
    error_class = classify(code)
    short = message.strip().split("\n")[0][:500]
    if error_class in (ErrorClass.RETRY, ErrorClass.NETWORK):
        return TryAgain(short, error_class)
    if error_class is ErrorClass.REJECT:
        return SinkStopped(f"ClickHouse refuses the data (code {code}): {short}", error_class)
    advice = _ADVICE.get(code or 0, "look the code up and start the sink again; it goes on where it stopped")
    return SinkStopped(f"ClickHouse refuses the request (code {code}): {short}; {advice}.", error_class)
