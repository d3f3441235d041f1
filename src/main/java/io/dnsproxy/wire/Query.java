package io.dnsproxy.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client's query. A lens: one per listener thread, read again for each message, allocation-free; it keeps hold of the
 * caller's array until the next read. {@link #copy()} gives one with its own octets that never changes and may go to other
 * threads.
 */
public final class Query {

    /** What {@link #read} returns when nothing may be sent back: shorter than a header, or itself a response. */
    public static final int UNANSWERABLE = -1;

    /** What {@link #read} returns for a message that has a cookie and no question, and asks for a cookie alone (RFC 7873 5.4). */
    public static final int COOKIE_REQUEST = -2;

    private static final byte[] NOTHING = {};

    private static final int KEEPALIVE_ASKED = 1;
    private static final int COOKIE_SENT = 2;
    private static final int COOKIE_MALFORMED = 4;

    /** RFC 7873 4. */
    private static final int CLIENT_COOKIE_OCTETS = 8;

    private static final int LEAST_SERVER_COOKIE_OCTETS = 8;
    private static final int MAX_SERVER_COOKIE_OCTETS = 32;

    private final boolean fixed;
    private final QuestionKey key;

    /** A lens has one, and a copy if the lens had set it. */
    private final @Nullable QuestionKey nameKey;

    private boolean keyIsSet;
    private boolean nameKeyIsSet;

    private byte[] message = NOTHING;
    private int offset;
    private int length;
    private int flags;

    /** Behind the question, an index of the array; 0 if there is none that is well-formed. */
    private int questionEnd;

    private boolean edns;
    private int ednsTtl;
    private int udpPayloadOctets;
    private int optionsAt;
    private int optionsEnd;
    private boolean signed;

    /** What the client's options ask of the reply, as bits. */
    private int asked;

    private long clientCookie;
    private int serverCookieAt;
    private int serverCookieOctets;

    /** An empty lens; ask it nothing before the first {@link #read}. */
    public Query() {
        fixed = false;
        key = new QuestionKey();
        nameKey = new QuestionKey();
    }

    private Query(Query from) {
        fixed = true;
        boolean whole = from.signed || !from.hasQuestion();
        length = whole ? from.length : from.questionEnd - from.offset;
        message = Arrays.copyOfRange(from.message, from.offset, from.offset + length);
        if (!whole) {
            Header.counts(message, 0, 1, 0, 0, 0);
        }
        flags = from.flags;
        questionEnd = from.hasQuestion() ? from.questionEnd - from.offset : 0;
        edns = from.edns;
        ednsTtl = from.ednsTtl;
        udpPayloadOctets = from.udpPayloadOctets;
        optionsAt = whole ? from.optionsAt - from.offset : 0;
        optionsEnd = whole ? from.optionsEnd - from.offset : 0;
        signed = from.signed;
        asked = from.asked;
        clientCookie = from.clientCookie;
        keyIsSet = from.hasQuestion();
        key = keyIsSet ? from.key().copy() : new QuestionKey();
        nameKey = from.nameKeyIsSet && from.nameKey != null ? from.nameKey.copy() : null;
        nameKeyIsSet = nameKey != null;
    }

    /**
     * A query with its own octets, for tests and for queries that the program makes itself.
     *
     * @throws IllegalArgumentException if {@link #read} finds it not good
     */
    public static Query of(byte[] message) {
        Query query = new Query();
        int result = query.read(message, 0, message.length);
        if (result != Rcode.NOERROR) {
            throw new IllegalArgumentException("not a good query: " + result);
        }
        return query.copy();
    }

    /**
     * Reads a message.
     *
     * <p>Strict where a reply could not be right: one question (RFC 9619 4) without compression, sections that hold what the
     * counts say, at most one OPT record with the root as owner and whole options (RFC 6891 6.1.1), TSIG last (RFC 8945 5.1).
     * Lenient elsewhere: unknown types, classes, bits and options pass, records in the answer and authority sections are
     * walked and not forwarded, octets behind the last record are ignored (as BIND and Unbound do).
     *
     * @return {@link Rcode#NOERROR} for a good query; {@link Rcode#FORMERR}, {@link Rcode#NOTIMP} or {@link Rcode#BADVERS}
     *     when that must be answered; {@link #COOKIE_REQUEST}, to be answered with a cookie, or as {@link Rcode#FORMERR};
     *     {@link #UNANSWERABLE} when nothing may be sent
     * @throws IllegalStateException on a copy
     */
    public int read(byte[] message, int offset, int length) {
        if (fixed) {
            throw new IllegalStateException("a copy is not read again");
        }
        this.message = message;
        this.offset = offset;
        this.length = length;
        flags = 0;
        questionEnd = 0;
        edns = false;
        ednsTtl = 0;
        udpPayloadOctets = Edns.LEAST_PAYLOAD_OCTETS;
        optionsAt = offset;
        optionsEnd = offset;
        signed = false;
        asked = 0;
        clientCookie = 0;
        serverCookieAt = offset;
        serverCookieOctets = 0;
        keyIsSet = false;
        nameKeyIsSet = false;
        if (length < Header.OCTETS) {
            return UNANSWERABLE;
        }
        flags = Header.flags(message, offset);
        if ((flags & Header.QR) != 0) {
            return UNANSWERABLE;
        }
        if (Header.opcode(flags) != Header.OPCODE_QUERY) {
            return Rcode.NOTIMP;
        }
        return readSections(message, offset, offset + length);
    }

    private int readSections(byte[] m, int base, int end) {
        int p = base + Header.OCTETS;
        int questions = Header.questions(m, base);
        for (int i = 0; i < questions; i++) {
            int behindName = Name.skipUncompressed(m, p, end);
            if (behindName == Name.MALFORMED || end - behindName < 4) {
                return Rcode.FORMERR;
            }
            p = behindName + 4;
        }
        questionEnd = questions == 1 ? p : 0;
        int others = Header.answers(m, base) + Header.authorities(m, base);
        int records = others + Header.additionals(m, base);
        for (int i = 0; i < records; i++) {
            int behindName = Name.skip(m, base, p, end);
            int next = Records.end(m, behindName, end);
            if (next == Name.MALFORMED) {
                return Rcode.FORMERR;
            }
            switch (Records.type(m, behindName)) {
                case RecordType.OPT -> {
                    if (i < others || behindName != p + 1 || !readOpt(m, behindName, next)) {
                        return Rcode.FORMERR;
                    }
                }
                case RecordType.TSIG -> {
                    if (i < others || i < records - 1) {
                        return Rcode.FORMERR;
                    }
                    signed = true;
                }
                case RecordType.SIG -> signed = i >= others && i == records - 1 && coversNoType(m, behindName, next);
                default -> {}
            }
            p = next;
        }
        if (questions != 1) {
            return questions == 0 && hasCookie() ? COOKIE_REQUEST : Rcode.FORMERR;
        }
        return ednsVersion() > 0 ? Rcode.BADVERS : Rcode.NOERROR;
    }

    private boolean readOpt(byte[] m, int behindName, int end) {
        if (edns) {
            return false;
        }
        edns = true;
        ednsTtl = Octets.u32(m, Records.ttlOffset(behindName));
        udpPayloadOctets = Math.max(Edns.LEAST_PAYLOAD_OCTETS, Records.dnsClass(m, behindName));
        if (Edns.version(ednsTtl) > 0) {
            return true;
        }
        if (!readOptions(m, Records.rdata(behindName), end)) {
            asked = 0;
            return false;
        }
        optionsAt = Records.rdata(behindName);
        optionsEnd = end;
        return true;
    }

    private boolean readOptions(byte[] m, int at, int end) {
        int p = at;
        while (p < end) {
            if (end - p < Edns.OPTION_HEADER_OCTETS) {
                return false;
            }
            int data = p + Edns.OPTION_HEADER_OCTETS;
            int octets = Octets.u16(m, p + 2);
            if (end - data < octets) {
                return false;
            }
            switch (Octets.u16(m, p)) {
                case Edns.KEEPALIVE -> asked |= KEEPALIVE_ASKED;
                case Edns.COOKIE -> readCookie(m, data, octets);
                default -> {}
            }
            p = data + octets;
        }
        return true;
    }

    /** Of several, the first one counts (RFC 7873 5.2). */
    private void readCookie(byte[] m, int at, int octets) {
        if ((asked & (COOKIE_SENT | COOKIE_MALFORMED)) != 0) {
            return;
        }
        int serverOctets = octets - CLIENT_COOKIE_OCTETS;
        if (serverOctets != 0
                && (serverOctets < LEAST_SERVER_COOKIE_OCTETS || serverOctets > MAX_SERVER_COOKIE_OCTETS)) {
            asked |= COOKIE_MALFORMED;
            return;
        }
        asked |= COOKIE_SENT;
        clientCookie = Octets.u64(m, at);
        serverCookieAt = at + CLIENT_COOKIE_OCTETS;
        serverCookieOctets = serverOctets;
    }

    /** Such a SIG signs the transaction, not an RRset (RFC 2931 3). */
    private static boolean coversNoType(byte[] m, int behindName, int end) {
        int rdata = Records.rdata(behindName);
        return end - rdata >= 2 && Octets.u16(m, rdata) == 0;
    }

    /**
     * The same query with its own octets. It never changes, may be used from any thread, and cannot be read again.
     *
     * <p>Of an unsigned query it keeps header and question, and of EDNS what the OPT record's fixed part says, whether keepalive is
     * asked for and the client's cookie, but no option as such: many copies may wait for answers, and a client must not decide
     * how much memory each takes. A server's cookie is not kept either.
     */
    public Query copy() {
        return fixed ? this : new Query(this);
    }

    /** The message's id. */
    public int id() {
        return Header.id(message, offset);
    }

    /** The opcode; 0 in a good query. */
    public int opcode() {
        return Header.opcode(flags);
    }

    /** The RD bit. */
    public boolean recursionDesired() {
        return (flags & Header.RD) != 0;
    }

    /** The AD bit: the client wants to know whether the answer was validated (RFC 6840 5.7). */
    public boolean authenticData() {
        return (flags & Header.AD) != 0;
    }

    /** The CD bit (RFC 4035 3.2.2). */
    public boolean checkingDisabled() {
        return (flags & Header.CD) != 0;
    }

    /** Whether there is a single, well-formed question, which a reply can repeat even if the rest of the message is bad. */
    public boolean hasQuestion() {
        return questionEnd != 0;
    }

    /** The question's type. */
    public int type() {
        return Octets.u16(message, questionEnd - 4);
    }

    /** The question's class. */
    public int dnsClass() {
        return Octets.u16(message, questionEnd - 2);
    }

    /** The question's name in wire format, copied: for those who write names down. Only with {@linkplain #hasQuestion a question}. */
    public byte[] name() {
        return Arrays.copyOfRange(message, questionAt(), questionEnd - 4);
    }

    /** Whether the question's name is {@code ancestor}, or a name under it, ignoring case; see {@link Name#octets}. */
    public boolean isAtOrUnder(byte[] ancestor) {
        return Name.isAtOrUnder(message, questionAt(), questionEnd - 4, ancestor);
    }

    /** Whether the question's name is {@code name}, ignoring case; see {@link Name#octets}. */
    public boolean isFor(byte[] name) {
        return nameOctets() == name.length && isAtOrUnder(name);
    }

    /** Whether the message has an OPT record. */
    public boolean hasEdns() {
        return edns;
    }

    /** The DO bit (RFC 3225 3); false without EDNS. */
    public boolean dnssecOk() {
        return Edns.dnssecOk(ednsTtl);
    }

    /** The version of EDNS; 0 without EDNS. */
    public int ednsVersion() {
        return Edns.version(ednsTtl);
    }

    /** What the client takes by UDP: 512 without EDNS, else what it offers but not less than 512 (RFC 6891 6.2.3). */
    public int udpPayloadOctets() {
        return udpPayloadOctets;
    }

    /** Whether the OPT record has an option with this code. */
    public boolean hasEdnsOption(int code) {
        return Edns.find(message, optionsAt, optionsEnd, code) >= 0;
    }

    /** Whether the client's options ask anything of the reply: {@link #asksForKeepalive}, {@link #hasCookie}. */
    public boolean asksForOptions() {
        return asked != 0;
    }

    /** Whether the client asks how long its connection may be idle (RFC 7828 3.2.1); to be ignored by UDP. */
    public boolean asksForKeepalive() {
        return (asked & KEEPALIVE_ASKED) != 0;
    }

    /** Whether the client sent a cookie of a possible length (RFC 7873 5.2.2). */
    public boolean hasCookie() {
        return (asked & COOKIE_SENT) != 0;
    }

    /** Whether the client sent a cookie of an impossible length (RFC 7873 5.2.2). */
    public boolean hasMalformedCookie() {
        return (asked & COOKIE_MALFORMED) != 0;
    }

    /** The client's part of its cookie; 0 if there is none. */
    public long clientCookie() {
        return clientCookie;
    }

    /** The server's part of the cookie: its length, 0 or from 8 to 32 octets; 0 in a copy. */
    public int serverCookieOctets() {
        return serverCookieOctets;
    }

    /** Eight octets of the server's part, from {@code octets} on, which must be there. */
    public long serverCookie(int octets) {
        if (octets + Long.BYTES > serverCookieOctets) {
            throw new IndexOutOfBoundsException(octets);
        }
        return Octets.u64(message, serverCookieAt + octets);
    }

    /** Whether the last record is TSIG (RFC 8945) or SIG(0) (RFC 2931), so that the message must pass unchanged. */
    public boolean isSigned() {
        return signed;
    }

    /** The array that holds the message: the caller's own, or the copy's, not to be written to. */
    public byte[] message() {
        return message;
    }

    /** Where the message starts in {@link #message()}. */
    public int offset() {
        return offset;
    }

    /** The length of the whole message. */
    public int length() {
        return length;
    }

    /** The key of the question. A lens's key changes with the next {@link #read}, a copy's never. */
    public QuestionKey key() {
        if (!keyIsSet) {
            keyIsSet = true;
            key.set(message, questionAt(), questionEnd, false, dnssecOk(), checkingDisabled());
        }
        return key;
    }

    /**
     * The same as {@link #key()} for every type of the name: where "this name does not exist" is kept (RFC 2308 5). A copy
     * has it if the lens was asked for it, as at every miss; otherwise it makes a new one at each call.
     */
    public QuestionKey nameKey() {
        QuestionKey reused = nameKey;
        if (reused == null) {
            return key().forEveryType();
        }
        if (!nameKeyIsSet) {
            nameKeyIsSet = true;
            reused.set(message, questionAt(), questionEnd, true, dnssecOk(), checkingDisabled());
        }
        return reused;
    }

    /** Index in the array where the question starts. */
    int questionAt() {
        return offset + Header.OCTETS;
    }

    /** Length of the question's name. */
    int nameOctets() {
        return questionEnd - 4 - questionAt();
    }

    /** Length of name, type and class; 0 without a question. */
    int questionOctets() {
        return hasQuestion() ? questionEnd - questionAt() : 0;
    }
}
