package io.dnsproxy.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Messages for tests, made and read by dnsjava or written out by hand. */
final class Messages {

    private Messages() {}

    /** Octets from hexadecimal digits; spaces are ignored, and text between quotes stands for itself. */
    static byte[] octets(String text) {
        StringBuilder hex = new StringBuilder();
        String[] parts = text.split("'", -1);
        for (int i = 0; i < parts.length; i++) {
            hex.append(i % 2 == 0 ? parts[i].replaceAll("\\s", "") : hexOf(parts[i]));
        }
        return HexFormat.of().parseHex(hex);
    }

    private static String hexOf(String ascii) {
        return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A query for an IN record, RD set. */
    static Message question(String name, int type) {
        return Message.newQuery(Record.newRecord(name(name), type, DClass.IN));
    }

    static Query query(String name, int type) {
        return Query.of(question(name, type).toWire());
    }

    /** A query with an OPT record. */
    static Query ednsQuery(String name, int type, int payload, boolean dnssecOk) {
        return Query.of(ednsQuestion(name, type, payload, dnssecOk).toWire());
    }

    static Message ednsQuestion(String name, int type, int payload, boolean dnssecOk) {
        Message message = question(name, type);
        message.addRecord(new OPTRecord(payload, 0, 0, dnssecOk ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
        return message;
    }

    /** A response to {@code query} without records, RD and RA set. */
    static Message responseTo(Query query) {
        Message message = parse(query.message());
        message.removeAllRecords(Section.ADDITIONAL);
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setFlag(Flags.RA);
        return message;
    }

    /** A response with these records, written as in a zone file: {@code "www.example.org. 300 A 192.0.2.1"}. */
    static Message responseTo(Query query, List<String> answers) {
        Message message = responseTo(query);
        answers.forEach(text -> message.addRecord(record(text), Section.ANSWER));
        return message;
    }

    static Answer answerTo(Query query, Message response) {
        return answerTo(query, response.toWire());
    }

    /** The answer in these octets, which stay the caller's. */
    static Answer answerTo(Query query, byte[] response) {
        Answer answer = ResponseReader.read(response.clone(), response.length, query);
        if (answer == null) {
            throw new AssertionError("not an answer: " + HexFormat.of().formatHex(response));
        }
        return answer;
    }

    static Answer answerTo(Query query, String... answers) {
        return answerTo(query, responseTo(query, List.of(answers)));
    }

    /** What a client receives, exactly as many octets as written. */
    static byte[] write(Query query, Answer answer, int ageSeconds, int limitOctets) {
        byte[] out = new byte[65_535 + 3];
        Arrays.fill(out, (byte) 0x5a);
        int written = AnswerWriter.write(query, answer, ageSeconds, limitOctets, out, 3);
        if (out[2] != 0x5a || (written + 3 < out.length && out[written + 3] != 0x5a)) {
            throw new AssertionError("wrote outside of its place");
        }
        return Arrays.copyOfRange(out, 3, 3 + written);
    }

    static Message reply(Query query, Answer answer) {
        return parse(write(query, answer, 0, 65_535));
    }

    static Message parse(byte[] wire) {
        try {
            return new Message(wire);
        } catch (IOException e) {
            throw new UncheckedIOException(HexFormat.of().formatHex(wire), e);
        }
    }

    static Record record(String text) {
        try {
            String[] fields = text.split(" ", 4);
            return Record.fromString(
                    name(fields[0]),
                    Type.value(fields[2]),
                    DClass.IN,
                    Long.parseLong(fields[1]),
                    fields[3],
                    org.xbill.DNS.Name.root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static org.xbill.DNS.Name name(String text) {
        try {
            return org.xbill.DNS.Name.fromString(text, org.xbill.DNS.Name.root);
        } catch (TextParseException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
