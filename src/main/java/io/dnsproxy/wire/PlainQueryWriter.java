package io.dnsproxy.wire;

/**
 * Writes what goes to a server in plain DNS: a message of our own with the client's question, DO and CD, and no option at all.
 * Padding would hide nothing there (RFC 7830 6), and keepalive is not for UDP (RFC 7828 3.2.1). A signed query goes as it came but
 * for its id.
 */
public final class PlainQueryWriter {

    /** The longest answer that is asked for by UDP, and the longest query to send by it (RFC 9715 3.1). */
    public static final int UDP_OCTETS = Edns.PAYLOAD_OCTETS;

    private PlainQueryWriter() {}

    /**
     * Writes the message.
     *
     * @param query a good query; only read
     * @param id the id to send, unpredictable (RFC 5452 9.2)
     * @return an array of the caller's own, without the length that TCP wants before it
     */
    public static byte[] write(Query query, int id) {
        byte[] out;
        if (query.isSigned()) {
            out = new byte[query.length()];
            System.arraycopy(query.message(), query.offset(), out, 0, out.length);
        } else {
            int opt = Header.OCTETS + query.questionOctets();
            out = new byte[opt + Edns.OCTETS];
            Header.flags(out, 0, Header.RD | Header.AD | (query.checkingDisabled() ? Header.CD : 0));
            Header.counts(out, 0, 1, 0, 0, 1);
            System.arraycopy(query.message(), query.questionAt(), out, Header.OCTETS, query.questionOctets());
            Edns.write(out, opt, Rcode.NOERROR, query.dnssecOk(), 0);
        }
        Header.id(out, 0, id);
        return out;
    }
}
