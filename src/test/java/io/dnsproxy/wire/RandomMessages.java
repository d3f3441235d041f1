package io.dnsproxy.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NAPTRRecord;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Messages of all sorts, rendered by dnsjava: with compression, binary labels, unknown types, OPT anywhere. */
public final class RandomMessages {

    /** Options whose data may be anything: NSID, Padding, one for local use. */
    private static final int[] OPTIONS = {3, 12, 65_001};

    private static final int[] TYPES = {Type.A, Type.AAAA, Type.MX, Type.TXT, Type.ANY, Type.SOA, 65_280};

    private RandomMessages() {}

    /** A query for a name of any octets. */
    public static Message query(Random random) {
        Message message =
                Message.newQuery(Record.newRecord(name(random), TYPES[random.nextInt(TYPES.length)], DClass.IN));
        message.getHeader().setID(random.nextInt(0x10000));
        for (int flag : new int[] {Flags.RD, Flags.AD, Flags.CD}) {
            if (random.nextBoolean()) {
                message.getHeader().setFlag(flag);
            } else {
                message.getHeader().unsetFlag(flag);
            }
        }
        if (random.nextInt(3) > 0) {
            List<EDNSOption> options = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                options.add(new GenericEDNSOption(
                        OPTIONS[random.nextInt(OPTIONS.length)], octets(random, random.nextInt(20))));
            }
            message.addRecord(
                    new OPTRecord(random.nextInt(0x10000), 0, 0, random.nextBoolean() ? ExtendedFlags.DO : 0, options),
                    Section.ADDITIONAL);
        }
        return message;
    }

    /** A response with up to {@code records} records in each section, and in most cases an OPT somewhere in the last. */
    public static Message response(Random random, Message query, int records) {
        Message message = new Message(query.getHeader().getID());
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setFlag(Flags.RA);
        for (int flag : new int[] {Flags.AA, Flags.TC, Flags.RD, Flags.AD, Flags.CD}) {
            if (random.nextInt(4) == 0) {
                message.getHeader().setFlag(flag);
            }
        }
        message.getHeader().setRcode(random.nextInt(4));
        message.addRecord(query.getQuestion(), Section.QUESTION);
        List<Name> names = new ArrayList<>();
        names.add(query.getQuestion().getName());
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            for (int i = random.nextInt(records + 1); i > 0; i--) {
                message.addRecord(record(random, names), section);
            }
        }
        if (random.nextInt(5) > 0) {
            List<Record> additional = new ArrayList<>(message.getSection(Section.ADDITIONAL));
            additional.add(random.nextInt(additional.size() + 1), opt(random));
            message.removeAllRecords(Section.ADDITIONAL);
            additional.forEach(record -> message.addRecord(record, Section.ADDITIONAL));
        }
        return message;
    }

    private static OPTRecord opt(Random random) {
        List<EDNSOption> options = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            options.add(
                    random.nextBoolean()
                            ? new ExtendedErrorCodeOption(random.nextInt(30), "x".repeat(random.nextInt(40)))
                            : new GenericEDNSOption(
                                    OPTIONS[random.nextInt(OPTIONS.length)], octets(random, random.nextInt(20))));
        }
        return new OPTRecord(1232, random.nextInt(3), 0, random.nextBoolean() ? ExtendedFlags.DO : 0, options);
    }

    private static Record record(Random random, List<Name> names) {
        Name owner = anyName(random, names);
        Name target = anyName(random, names);
        long ttl = random.nextInt(5) == 0 ? 0 : random.nextInt(1_000_000);
        int number = random.nextInt(0x10000);
        try {
            return switch (random.nextInt(14)) {
                case 0 -> new ARecord(owner, DClass.IN, ttl, InetAddress.getByAddress(octets(random, 4)));
                case 1 -> new AAAARecord(owner, DClass.IN, ttl, octets(random, 16));
                case 2 -> new CNAMERecord(owner, DClass.IN, ttl, target);
                case 3 -> new NSRecord(owner, DClass.IN, ttl, target);
                case 4 -> new PTRRecord(owner, DClass.IN, ttl, target);
                case 5 -> new MXRecord(owner, DClass.IN, ttl, number, target);
                case 6 -> new SOARecord(owner, DClass.IN, ttl, target, anyName(random, names), number, 2, 3, 4, number);
                case 7 -> new SRVRecord(owner, DClass.IN, ttl, 1, 2, number, target);
                case 8 -> new DNAMERecord(owner, DClass.IN, ttl, target);
                case 9 -> new NAPTRRecord(owner, DClass.IN, ttl, 1, 2, "s", "SIP+D2T", "", target);
                case 10, 11 -> new TXTRecord(owner, DClass.IN, ttl, "y".repeat(random.nextInt(256)));
                default ->
                    Record.newRecord(
                            owner, 65_280 + random.nextInt(100), DClass.IN, ttl, octets(random, random.nextInt(50)));
            };
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Mostly one that was there before, or one under it, so that there is something to compress. */
    private static Name anyName(Random random, List<Name> names) {
        Name before = names.get(random.nextInt(names.size()));
        Name name = switch (random.nextInt(4)) {
            case 0 -> name(random);
            case 1 -> before;
            default -> before.length() > 200 ? before : join(label(random), before);
        };
        names.add(name);
        return name;
    }

    private static Name name(Random random) {
        Name name = random.nextInt(20) == 0 ? Name.root : Messages.name("example.org");
        for (int i = random.nextInt(4); i > 0; i--) {
            name = join(label(random), name);
        }
        return name;
    }

    private static Name join(byte[] label, Name parent) {
        byte[] wire = Arrays.copyOf(label, label.length + parent.length());
        System.arraycopy(parent.toWire(), 0, wire, label.length, parent.length());
        try {
            return new Name(wire);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] label(Random random) {
        boolean binary = random.nextInt(4) == 0;
        byte[] label = octets(random, 2 + random.nextInt(random.nextInt(10) == 0 ? 30 : 8));
        label[0] = (byte) (label.length - 1);
        for (int i = 1; i < label.length && !binary; i++) {
            label[i] = (byte) ((random.nextBoolean() ? 'a' : 'A') + random.nextInt(26));
        }
        return label;
    }

    static byte[] octets(Random random, int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }

    /** The same octets but for a few that are changed, lost, or doubled. */
    static byte[] damaged(Random random, byte[] wire) {
        byte[] damaged = wire.clone();
        for (int i = random.nextInt(6); i > 0 && damaged.length > 0; i--) {
            int at = random.nextInt(random.nextBoolean() ? damaged.length : Math.min(damaged.length, 40));
            switch (random.nextInt(6)) {
                case 0 -> damaged = Arrays.copyOf(damaged, at);
                case 1 -> damaged[at] = (byte) 0xc0;
                case 2 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> damaged[at] = 0;
                case 4 -> {
                    byte[] without = Arrays.copyOf(damaged, damaged.length - 1);
                    System.arraycopy(damaged, at + 1, without, at, without.length - at);
                    damaged = without;
                }
                default -> damaged[at] = (byte) random.nextInt(256);
            }
        }
        return damaged;
    }
}
