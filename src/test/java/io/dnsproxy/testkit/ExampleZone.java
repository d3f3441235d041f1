package io.dnsproxy.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Header;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/**
 * The answers of a make-believe resolver, the same for the same question each time. Every name exists; some are special:
 *
 * <table>
 * <caption>Names with a meaning</caption>
 * <tr><td>{@code big.example.org}</td><td>a TXT of about 3 kB</td></tr>
 * <tr><td>{@code huge.example.org}</td><td>a TXT of about 60 kB</td></tr>
 * <tr><td>{@code alias.example.org}</td><td>a CNAME of {@code www.example.org}</td></tr>
 * <tr><td>{@code nxdomain.example.org} and below</td><td>NXDOMAIN; SOA with TTL 300 and minimum 60</td></tr>
 * <tr><td>{@code servfail.example.org}</td><td>SERVFAIL</td></tr>
 * <tr><td>{@code refused.example.org}</td><td>REFUSED</td></tr>
 * <tr><td>{@code bogus.example.org}</td><td>SERVFAIL with EDE 6 (DNSSEC Bogus), unless asked with CD</td></tr>
 * <tr><td>{@code secure.example.org}</td><td>AD when asked with AD or DO, and an RRSIG when asked with DO</td></tr>
 * <tr><td>{@code slow.example.org}</td><td>like any other; {@link ScriptedResolver}'s first script answers it after 500 ms</td></tr>
 * </table>
 *
 * A, AAAA, TXT, MX, NS, SOA, SRV, PTR and types for private use have one record or more with TTL 300; other types have no data. A
 * padded query gets an answer padded to a multiple of 468 octets (RFC 8467 4.2).
 */
public final class ExampleZone {

    /** The TTL of each record, in seconds. */
    public static final int TTL_SECONDS = 300;

    /** The MINIMUM of the SOA: what a negative answer may be kept (RFC 2308 5), in seconds. */
    public static final int NEGATIVE_TTL_SECONDS = 60;

    static final Name UNASKED = Name.fromConstantString("unasked.example.org.");

    private static final Name ZONE = Name.fromConstantString("example.org.");
    private static final Name ALIAS = Name.fromConstantString("alias.example.org.");
    private static final Name BIG = Name.fromConstantString("big.example.org.");
    private static final Name BOGUS = Name.fromConstantString("bogus.example.org.");
    private static final Name HUGE = Name.fromConstantString("huge.example.org.");
    private static final Name MAIL = Name.fromConstantString("mail.example.org.");
    private static final Name NXDOMAIN = Name.fromConstantString("nxdomain.example.org.");
    private static final Name REFUSED = Name.fromConstantString("refused.example.org.");
    private static final Name SECURE = Name.fromConstantString("secure.example.org.");
    private static final Name SERVFAIL = Name.fromConstantString("servfail.example.org.");
    private static final Name SERVER = Name.fromConstantString("ns1.example.org.");
    private static final Name WWW = Name.fromConstantString("www.example.org.");

    private static final int PAYLOAD_OCTETS = 1232;
    private static final int PADDING_OPTION = 12;
    private static final int PADDING_BLOCK_OCTETS = 468;
    private static final int MAX_STRING_OCTETS = 255;
    private static final int FIRST_PRIVATE_TYPE = 65280;

    private ExampleZone() {}

    /**
     * Answers octets; what is no DNS message gets FORMERR.
     *
     * @param query at least the two octets of an id, else the answer's id is 0
     */
    public static byte[] answer(byte[] query) {
        try {
            return answer(new Message(query)).toWire();
        } catch (IOException e) {
            Header header = new Header(Math.max(Frames.id(query), 0));
            header.setFlag(Flags.QR);
            if (query.length > 2 && (query[2] & 1) != 0) {
                header.setFlag(Flags.RD);
            }
            header.setRcode(Rcode.FORMERR);
            return header.toWire();
        }
    }

    /** Answers a query. */
    public static Message answer(Message query) {
        Message answer = new Message(query.getHeader().getID());
        Header header = answer.getHeader();
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        header.setOpcode(query.getHeader().getOpcode());
        for (int flag : new int[] {Flags.RD, Flags.CD}) {
            if (query.getHeader().getFlag(flag)) {
                header.setFlag(flag);
            }
        }
        Record question = query.getQuestion();
        List<EDNSOption> options = new ArrayList<>();
        if (question == null) {
            header.setRcode(Rcode.FORMERR);
        } else {
            answer.addRecord(question, Section.QUESTION);
            if (header.getOpcode() != Opcode.QUERY) {
                header.setRcode(Rcode.NOTIMP);
            } else if (question.getDClass() != DClass.IN) {
                header.setRcode(Rcode.REFUSED);
            } else {
                fill(answer, question, query, options);
            }
        }
        addEdns(answer, query.getOPT(), options);
        return answer;
    }

    /** The address that a name has: 192.0.2.x, by the name in lower case. */
    public static InetAddress addressOf(String name) {
        int last = Math.floorMod(hash(name), 254) + 1;
        return address(new byte[] {(byte) 192, 0, 2, (byte) last});
    }

    private static void fill(Message answer, Record question, Message query, List<EDNSOption> options) {
        Name name = question.getName();
        Header header = answer.getHeader();
        if (name.equals(SERVFAIL)) {
            header.setRcode(Rcode.SERVFAIL);
        } else if (name.equals(REFUSED)) {
            header.setRcode(Rcode.REFUSED);
        } else if (name.equals(BOGUS) && !query.getHeader().getFlag(Flags.CD)) {
            header.setRcode(Rcode.SERVFAIL);
            options.add(new ExtendedErrorCodeOption(ExtendedErrorCodeOption.DNSSEC_BOGUS));
        } else if (name.subdomain(NXDOMAIN)) {
            header.setRcode(Rcode.NXDOMAIN);
            answer.addRecord(soa(ZONE), Section.AUTHORITY);
        } else {
            List<Record> records = records(name, question.getType());
            records.forEach(r -> answer.addRecord(r, Section.ANSWER));
            if (records.isEmpty()) {
                answer.addRecord(soa(ZONE), Section.AUTHORITY);
            }
            if (name.equals(SECURE)) {
                sign(answer, query);
            }
        }
    }

    private static List<Record> records(Name name, int type) {
        if (name.equals(ALIAS) && type != Type.CNAME) {
            List<Record> chain = new ArrayList<>(records(ALIAS, Type.CNAME));
            chain.addAll(records(WWW, type));
            return chain;
        }
        String text = name.toString(true);
        return switch (type) {
            case Type.A -> List.of(new ARecord(name, DClass.IN, TTL_SECONDS, addressOf(text)));
            case Type.AAAA -> List.of(new AAAARecord(name, DClass.IN, TTL_SECONDS, longAddressOf(text)));
            case Type.CNAME ->
                name.equals(ALIAS) ? List.of(new CNAMERecord(name, DClass.IN, TTL_SECONDS, WWW)) : List.of();
            case Type.MX ->
                List.of(
                        new MXRecord(name, DClass.IN, TTL_SECONDS, 10, MAIL),
                        new MXRecord(name, DClass.IN, TTL_SECONDS, 20, name));
            case Type.NS -> List.of(new NSRecord(name, DClass.IN, TTL_SECONDS, SERVER));
            case Type.PTR -> List.of(new PTRRecord(name, DClass.IN, TTL_SECONDS, WWW));
            case Type.SOA -> List.of(soa(name));
            case Type.SRV -> List.of(new SRVRecord(name, DClass.IN, TTL_SECONDS, 0, 1, 853, SERVER));
            case Type.TXT -> List.of(new TXTRecord(name, DClass.IN, TTL_SECONDS, strings(name)));
            default ->
                type >= FIRST_PRIVATE_TYPE && type < 65535
                        ? List.of(Record.newRecord(name, type, DClass.IN, TTL_SECONDS, unknownData(text)))
                        : List.of();
        };
    }

    private static List<String> strings(Name name) {
        if (name.equals(BIG)) {
            return Collections.nCopies(12, "b".repeat(250));
        }
        if (name.equals(HUGE)) {
            return Collections.nCopies(240, "h".repeat(250));
        }
        String text = "this is " + name.toString(true).toLowerCase(Locale.ROOT);
        return List.of(text.length() > MAX_STRING_OCTETS ? "this has a long name" : text);
    }

    private static Record soa(Name owner) {
        return new SOARecord(
                owner,
                DClass.IN,
                TTL_SECONDS,
                SERVER,
                Name.fromConstantString("hostmaster.example.org."),
                2026,
                7200,
                3600,
                1209600,
                NEGATIVE_TTL_SECONDS);
    }

    private static void sign(Message answer, Message query) {
        boolean dnssecOk = dnssecOk(query.getOPT());
        if (dnssecOk || query.getHeader().getFlag(Flags.AD)) {
            answer.getHeader().setFlag(Flags.AD);
        }
        List<Record> records = answer.getSection(Section.ANSWER);
        if (dnssecOk && !records.isEmpty()) {
            Record first = records.getFirst();
            answer.addRecord(
                    new RRSIGRecord(
                            first.getName(),
                            DClass.IN,
                            TTL_SECONDS,
                            first.getType(),
                            DNSSEC.Algorithm.ECDSAP256SHA256,
                            TTL_SECONDS,
                            Instant.parse("2036-01-01T00:00:00Z"),
                            Instant.parse("2026-01-01T00:00:00Z"),
                            4711,
                            ZONE,
                            new byte[64]),
                    Section.ANSWER);
        }
    }

    private static void addEdns(Message answer, @Nullable OPTRecord asked, List<EDNSOption> options) {
        if (asked == null) {
            return;
        }
        int flags = dnssecOk(asked) ? ExtendedFlags.DO : 0;
        Record bare = new OPTRecord(PAYLOAD_OCTETS, 0, 0, flags, options);
        answer.addRecord(bare, Section.ADDITIONAL);
        if (asked.getOptions(PADDING_OPTION).isEmpty()) {
            return;
        }
        int octets = answer.toWire().length + 4;
        int padding = Math.floorMod(-octets, PADDING_BLOCK_OCTETS);
        if (octets + padding <= Message.MAXLENGTH) {
            answer.removeRecord(bare, Section.ADDITIONAL);
            options.add(new GenericEDNSOption(PADDING_OPTION, new byte[padding]));
            answer.addRecord(new OPTRecord(PAYLOAD_OCTETS, 0, 0, flags, options), Section.ADDITIONAL);
        }
    }

    private static boolean dnssecOk(@Nullable OPTRecord opt) {
        return opt != null && (opt.getFlags() & ExtendedFlags.DO) != 0;
    }

    private static InetAddress longAddressOf(String name) {
        byte[] octets = new byte[16];
        byte[] prefix = {0x20, 0x01, 0x0d, (byte) 0xb8};
        System.arraycopy(prefix, 0, octets, 0, prefix.length);
        int hash = hash(name);
        for (int i = 0; i < 4; i++) {
            octets[12 + i] = (byte) (hash >>> (24 - 8 * i));
        }
        return address(octets);
    }

    private static byte[] unknownData(String name) {
        byte[] data = new byte[20];
        Arrays.fill(data, (byte) hash(name));
        data[0] = (byte) 0xc0;
        return data;
    }

    private static int hash(String name) {
        return name.toLowerCase(Locale.ROOT).hashCode();
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
