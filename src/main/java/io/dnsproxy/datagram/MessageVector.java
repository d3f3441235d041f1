package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * What recvmmsg and sendmmsg take: an array of {@code struct mmsghdr}, each with an address, a control buffer and one
 * range of payload, wired up once. The layouts are those of Linux on 64-bit little-endian machines.
 */
final class MessageVector {

    private static final StructLayout IOVEC =
            MemoryLayout.structLayout(ADDRESS.withName("base"), JAVA_LONG.withName("length"));

    private static final StructLayout MMSGHDR = MemoryLayout.structLayout(
            ADDRESS.withName("name"),
            JAVA_INT.withName("nameLength"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("vector"),
            JAVA_LONG.withName("vectorLength"),
            ADDRESS.withName("control"),
            JAVA_LONG.withName("controlLength"),
            JAVA_INT.withName("flags"),
            MemoryLayout.paddingLayout(4),
            JAVA_INT.withName("length"),
            MemoryLayout.paddingLayout(4));

    private static final long NAME = offset("name");
    private static final long NAME_LENGTH = offset("nameLength");
    private static final long VECTOR = offset("vector");
    private static final long VECTOR_LENGTH = offset("vectorLength");
    private static final long CONTROL = offset("control");
    private static final long CONTROL_LENGTH = offset("controlLength");
    private static final long FLAGS = offset("flags");
    private static final long LENGTH = offset("length");
    private static final long RANGE_LENGTH = IOVEC.byteOffset(PathElement.groupElement("length"));

    static final long HEADER_OCTETS = MMSGHDR.byteSize();
    static final long RANGE_OCTETS = IOVEC.byteSize();

    private final MemorySegment headers;
    private final MemorySegment ranges;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment payload;

    /**
     * Wires up a batch.
     *
     * @param payload the memory that all ranges of payload lie in
     */
    MessageVector(int batch, MemorySegment payload) {
        Arena arena = Arena.ofAuto();
        this.headers = arena.allocate(MMSGHDR, batch);
        this.ranges = arena.allocate(IOVEC, batch);
        this.names = arena.allocate(SocketNames.STRIDE_OCTETS * batch, Long.BYTES);
        this.controls = arena.allocate(ControlMessages.STRIDE_OCTETS * batch, Long.BYTES);
        this.payload = payload;
        for (int i = 0; i < batch; i++) {
            long header = i * HEADER_OCTETS;
            headers.set(ADDRESS, header + NAME, names.asSlice(name(i)));
            headers.set(ADDRESS, header + VECTOR, ranges.asSlice(i * RANGE_OCTETS));
            headers.set(JAVA_LONG, header + VECTOR_LENGTH, 1);
            headers.set(ADDRESS, header + CONTROL, controls.asSlice(control(i)));
        }
    }

    /** The headers from one on, for the call. */
    MemorySegment headersFrom(int index) {
        return index == 0 ? headers : headers.asSlice(index * HEADER_OCTETS);
    }

    /** Where the addresses lie; each at {@link #name}. */
    MemorySegment names() {
        return names;
    }

    /** Where the control buffers lie; each at {@link #control}. */
    MemorySegment controls() {
        return controls;
    }

    long name(int index) {
        return index * SocketNames.STRIDE_OCTETS;
    }

    long control(int index) {
        return index * ControlMessages.STRIDE_OCTETS;
    }

    /** How much of address and control buffer is used, or, before receiving, may be. */
    void lengths(int index, int nameOctets, long controlOctets) {
        long header = index * HEADER_OCTETS;
        headers.set(JAVA_INT, header + NAME_LENGTH, nameOctets);
        headers.set(JAVA_LONG, header + CONTROL_LENGTH, controlOctets);
    }

    void range(int index, long offset, long octets) {
        ranges.set(JAVA_LONG, index * RANGE_OCTETS, payload.address() + offset);
        ranges.set(JAVA_LONG, index * RANGE_OCTETS + RANGE_LENGTH, octets);
    }

    long controlLength(int index) {
        return headers.get(JAVA_LONG, index * HEADER_OCTETS + CONTROL_LENGTH);
    }

    int flags(int index) {
        return headers.get(JAVA_INT, index * HEADER_OCTETS + FLAGS);
    }

    /** Octets received. */
    int length(int index) {
        return headers.get(JAVA_INT, index * HEADER_OCTETS + LENGTH);
    }

    private static long offset(String field) {
        return MMSGHDR.byteOffset(PathElement.groupElement(field));
    }
}
