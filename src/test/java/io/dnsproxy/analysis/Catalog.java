package io.dnsproxy.analysis;

import io.dnsproxy.wire.RecordType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What there is to ask for, and what is answered: DNS messages of the usual sizes. Everything about a name follows from its
 * number and the seed, so nothing is stored. Immutable; any thread.
 *
 * <p>Numbers from {@link #size} on are names that one client alone asks for.
 */
final class Catalog {

    private static final double NO_SUCH_NAME = 0.10;
    private static final double WITH_ALIAS = 0.5;
    private static final double WITH_IPV6 = 0.4;
    private static final double WITH_HTTPS = 0.25;

    /** The query for each name, but for the digits and the type. */
    private static final byte[] QUERY = query();

    private static final int DIGITS = 9;
    private static final int DIGITS_AT = 12 + 2;
    private static final int ZONE_AT = 12 + 1 + 1 + DIGITS + 1 + "cloud".length();
    private static final int TYPE_AT = QUERY.length - 4;

    private final long seed;
    private final int size;
    private final TtlMix ttls;

    Catalog(long seed, int size, TtlMix ttls) {
        this.seed = seed;
        this.size = size;
        this.ttls = ttls;
    }

    int size() {
        return size;
    }

    /** Writes the query and returns its length. */
    static int writeQuery(int name, int type, byte[] into) {
        System.arraycopy(QUERY, 0, into, 0, QUERY.length);
        int rest = name;
        for (int i = DIGITS - 1; i >= 0; i--) {
            into[DIGITS_AT + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        into[TYPE_AT + 1] = (byte) type;
        return QUERY.length;
    }

    /** The name in a query that {@link #writeQuery} wrote. */
    static int nameIn(byte[] query) {
        int name = 0;
        for (int i = 0; i < DIGITS; i++) {
            name = name * 10 + query[DIGITS_AT + i] - '0';
        }
        return name;
    }

    boolean exists(int name) {
        return fraction(name, 1) >= NO_SUCH_NAME;
    }

    /** Whether there is data of this type. */
    boolean has(int name, int type) {
        return exists(name)
                && switch (type) {
                    case RecordType.A -> true;
                    case RecordType.AAAA -> fraction(name, 2) < WITH_IPV6;
                    default -> fraction(name, 3) < WITH_HTTPS;
                };
    }

    /** As the zone set it: of the data, or of the news that there is none. */
    int ttlSeconds(int name, int type) {
        return has(name, type) ? ttls.at(fraction(name, 4)) : TtlMix.NEGATIVE.at(fraction(name, 5));
    }

    /** Where in its cycle of TTLs a record is at time 0, in one of the caches of the public resolver; from 0 to 1. */
    double phase(int name, int type, int cache) {
        return fraction(name, 100 + type * 1_000L + cache);
    }

    /** The answer to a query that {@link #writeQuery} wrote, with this TTL; a new array. */
    byte[] answer(byte[] query, int ttlSeconds) {
        int name = nameIn(query);
        int type = query[TYPE_AT + 1];
        ByteBuffer out = ByteBuffer.allocate(512);
        out.put(query, 0, QUERY.length).putShort(2, (short) 0x8180);
        if (!has(name, type)) {
            if (!exists(name)) {
                out.putShort(2, (short) 0x8183);
            }
            out.putShort(8, (short) 1);
            putAuthority(out, ttlSeconds);
        } else {
            putData(out, name, type, ttlSeconds);
        }
        byte[] answer = new byte[out.position()];
        out.flip().get(answer);
        return answer;
    }

    private void putData(ByteBuffer out, int name, int type, int ttlSeconds) {
        int owner = 12;
        int records = 0;
        if (fraction(name, 6) < WITH_ALIAS) {
            byte[] target = name("e" + name % 10_000 + ".dscb.cdn.example.net");
            putRecord(out, owner, RecordType.CNAME, ttlSeconds, target.length);
            owner = out.position();
            out.put(target);
            records++;
        }
        int addresses = type == RecordType.HTTPS ? 1 : 1 + (int) (fraction(name, 7) * 4);
        int octets = type == RecordType.A ? 4 : type == RecordType.AAAA ? 16 : 61;
        for (int i = 0; i < addresses; i++) {
            putRecord(out, owner, type, ttlSeconds, octets);
            for (int j = 0; j < octets; j++) {
                out.put((byte) (name + i + j));
            }
        }
        out.putShort(6, (short) (records + addresses));
    }

    private static void putAuthority(ByteBuffer out, int ttlSeconds) {
        byte[] master = name("ns1.dns.example.net");
        byte[] mailbox = name("hostmaster.example.net");
        putRecord(out, ZONE_AT, RecordType.SOA, ttlSeconds, master.length + mailbox.length + 20);
        out.put(master).put(mailbox);
        out.putInt(2026_01_01).putInt(7_200).putInt(900).putInt(1_209_600).putInt(ttlSeconds);
    }

    private static void putRecord(ByteBuffer out, int owner, int type, int ttlSeconds, int octets) {
        out.putShort((short) (0xc000 | owner)).putShort((short) type).putShort((short) 1);
        out.putInt(ttlSeconds).putShort((short) octets);
    }

    private static byte[] query() {
        byte[] name = name("h" + "0".repeat(9) + ".cloud.example.org");
        ByteBuffer out = ByteBuffer.allocate(12 + name.length + 4);
        out.putShort((short) 0x2a2a).putShort((short) 0x0100).putShort((short) 1);
        out.position(12).put(name).putShort((short) 1).putShort((short) 1);
        return out.array();
    }

    private static byte[] name(String text) {
        ByteBuffer out = ByteBuffer.allocate(text.length() + 2);
        for (String label : text.split("\\.", -1)) {
            out.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        return out.array();
    }

    /** A number from 0 to 1 that belongs to this name; {@code trait} tells what it decides. */
    private double fraction(int name, long trait) {
        return (mix(mix(seed + trait * 0x9e3779b97f4a7c15L) + name) >>> 11) * 0x1p-53;
    }

    /** The finalizer of SplitMix64: neighbors in, strangers out. */
    private static long mix(long z) {
        long y = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long x = (y ^ (y >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
