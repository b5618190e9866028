"""Reads the spool as it lies on disk, by the description in aggregator/spool/segment.h alone."""
import struct

MAGIC = b"MSTRSPL1"
HEADER = 28


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def with_id(data, segment):
    """The same segment under another id."""
    header = MAGIC + segment
    return header + struct.pack("<I", crc32c(header)) + data[HEADER:]


def records(path, begin=HEADER):
    """(end, server, time in microseconds) of each whole record; stops at the first that is not."""
    data = path.read_bytes()
    at = max(begin, HEADER)
    while at + 8 <= len(data):
        checksum, length = struct.unpack_from("<II", data, at)
        end = at + 8 + length
        if length == 0 or end > len(data) or crc32c(data[at + 4:end]) != checksum:
            return
        time, _, server = struct.unpack_from("<qii", data, at + 8)
        yield end, server, time
        at = end
