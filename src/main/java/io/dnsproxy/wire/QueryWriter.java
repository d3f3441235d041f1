package io.dnsproxy.wire;

import java.util.Arrays;

/**
 * Writes what goes upstream: a frame of two octets of length and the message (RFC 7858 3.3, RFC 1035 4.2.2).
 *
 * <p>The message is our own, with the client's question, DO and CD: no option of the client's leaves (RFC 6891 6.1.1), and all
 * names of similar length look alike through padding (RFC 7830, RFC 8467 4.1). It asks how long the server leaves an unused
 * connection open (RFC 7828 3.2.1). A signed query goes as it came but for its id.
 */
public final class QueryWriter {

    /** Octets of the length before the message. */
    public static final int LENGTH_OCTETS = 2;

    /** RFC 8467 4.1: queries are padded to a multiple of this. */
    private static final int BLOCK_OCTETS = 128;

    /** Header, OPT, and two options: keepalive, which is empty, and padding. */
    private static final int UNPADDED_OCTETS = Header.OCTETS + Edns.OCTETS + 2 * Edns.OPTION_HEADER_OCTETS;

    private QueryWriter() {}

    /**
     * Writes the frame.
     *
     * @param query a good query; only read
     * @param id the id to send, unpredictable (RFC 5452 9.2)
     * @param out has {@link #frameOctets} octets from {@code at} on
     * @return octets written
     */
    public static int write(Query query, int id, byte[] out, int at) {
        int octets = messageOctets(query);
        Octets.u16(out, at, octets);
        int start = at + LENGTH_OCTETS;
        if (query.isSigned()) {
            System.arraycopy(query.message(), query.offset(), out, start, octets);
        } else {
            writeMessage(query, out, start, start + octets);
        }
        Header.id(out, start, id);
        return LENGTH_OCTETS + octets;
    }

    /** The octets that {@link #write} will write for this query. */
    public static int frameOctets(Query query) {
        return LENGTH_OCTETS + messageOctets(query);
    }

    private static int messageOctets(Query query) {
        if (query.isSigned()) {
            return query.length();
        }
        return (UNPADDED_OCTETS + query.questionOctets() + BLOCK_OCTETS - 1) & -BLOCK_OCTETS;
    }

    private static void writeMessage(Query query, byte[] out, int at, int end) {
        Header.flags(out, at, Header.RD | Header.AD | (query.checkingDisabled() ? Header.CD : 0));
        Header.counts(out, at, 1, 0, 0, 1);
        System.arraycopy(query.message(), query.questionAt(), out, at + Header.OCTETS, query.questionOctets());
        int opt = at + Header.OCTETS + query.questionOctets();
        int options = Edns.write(out, opt, Rcode.NOERROR, query.dnssecOk(), end - opt - Edns.OCTETS);
        Octets.u16(out, options, Edns.KEEPALIVE);
        Octets.u16(out, options + 2, 0); // a client sends no TIMEOUT
        int paddingOption = options + Edns.OPTION_HEADER_OCTETS;
        int padding = paddingOption + Edns.OPTION_HEADER_OCTETS;
        Octets.u16(out, paddingOption, Edns.PADDING);
        Octets.u16(out, paddingOption + 2, end - padding);
        Arrays.fill(out, padding, end, (byte) 0);
    }
}
