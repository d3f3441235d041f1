package io.dnsproxy.fuzz;

import io.dnsproxy.testkit.Queries;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/** Queries of every sort that a proxy meets, all of them well-formed: what mutants are made of. */
final class Corpus {

    private static final int[] TYPES = {
        Type.A, Type.AAAA, Type.MX, Type.TXT, Type.NS, Type.SOA, Type.SRV, Type.PTR, Type.CAA, Type.ANY, Type.AXFR,
        Type.IXFR, 65_280
    };

    private static final String[] NAMES = {
        "www.example.org",
        "mail.example.org",
        "alias.example.org",
        "big.example.org",
        "huge.example.org",
        "nxdomain.example.org",
        "a.b.c.nxdomain.example.org",
        "servfail.example.org",
        "refused.example.org",
        "secure.example.org",
        ".",
        "localhost",
        "service.onion",
        "1.0.0.127.in-addr.arpa",
        "_dns.resolver.arpa",
        "version.bind",
        "a.".repeat(120) + "example.org",
        "x".repeat(63) + '.' + "y".repeat(63) + '.' + "z".repeat(63) + ".example.org",
        "\\000\\255\\192\\012\\046.example.org"
    };

    private static final int[] PAYLOADS = {0, 512, 1_232, 4_096, 65_535};

    private Corpus() {}

    /** Each as octets, with id 0 or any. */
    static List<byte[]> queries() {
        List<Message> queries = new ArrayList<>();
        for (String name : NAMES) {
            for (int type : TYPES) {
                queries.add(Queries.query(name, type));
            }
            for (int payload : PAYLOADS) {
                queries.add(withOptions(Queries.query(name, Type.TXT), payload, 0, List.of()));
                queries.add(withOptions(Queries.query(name), payload, ExtendedFlags.DO, List.of()));
            }
            queries.add(withOptions(Queries.query(name), 1_232, 0, options()));
        }
        for (EDNSOption option : options()) {
            queries.add(withOptions(Queries.query("www.example.org"), 1_232, 0, List.of(option)));
        }
        for (int opcode : new int[] {Opcode.NOTIFY, Opcode.UPDATE, Opcode.STATUS, Opcode.IQUERY, 15}) {
            Message query = Queries.query("example.org", Type.SOA);
            query.getHeader().setOpcode(opcode);
            queries.add(query);
        }
        for (int flag : new int[] {Flags.RD, Flags.AD, Flags.CD, Flags.TC, Flags.AA}) {
            Message query = Queries.query("www.example.org");
            if (flag == Flags.RD) {
                query.getHeader().unsetFlag(flag);
            } else {
                query.getHeader().setFlag(flag);
            }
            queries.add(query);
        }
        Name version = Name.fromConstantString("version.bind.");
        queries.add(Message.newQuery(Record.newRecord(version, Type.TXT, DClass.CH)));
        List<byte[]> all = new ArrayList<>(queries.stream().map(Message::toWire).toList());
        all.add(signed());
        return all;
    }

    private static Message withOptions(Message query, int payloadOctets, int flags, List<EDNSOption> options) {
        query.addRecord(new OPTRecord(payloadOctets, 0, 0, flags, options), Section.ADDITIONAL);
        return query;
    }

    private static List<EDNSOption> options() {
        return List.of(
                new CookieOption(new byte[8]),
                new CookieOption(new byte[8], new byte[16]),
                new CookieOption(new byte[8], new byte[32]),
                new ClientSubnetOption(24, InetAddress.ofLiteral("192.0.2.0")),
                new GenericEDNSOption(3, new byte[0]),
                new GenericEDNSOption(9, new byte[0]),
                new GenericEDNSOption(11, new byte[0]),
                new GenericEDNSOption(12, new byte[100]),
                new GenericEDNSOption(65_001, new byte[20]));
    }

    private static byte[] signed() {
        Message query = Queries.query("www.example.org");
        String key = Base64.getEncoder().encodeToString(new byte[32]);
        new TSIG(TSIG.HMAC_SHA256, "key.example.org.", key).apply(query, null);
        return query.toWire();
    }
}
