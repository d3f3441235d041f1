package io.dnsproxy.resolver.cache.redis;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ResponseReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Queries and answers to keep. */
final class Samples {

    private Samples() {}

    static Query query(String name) {
        return query(name, Type.A);
    }

    static Query query(String name, int type) {
        return Query.of(Queries.query(name, type).toWire());
    }

    /** An address, fresh for that long, of age 0. */
    static KeptAnswer address(Query query, String address, int ttlSeconds) {
        Message message = responseTo(query);
        message.addRecord(record(nameOf(message), Type.A, ttlSeconds, address), Section.ANSWER);
        return new KeptAnswer(read(query, message), ttlSeconds, 0);
    }

    /** "No such name". */
    static KeptAnswer noSuchName(Query query, int ttlSeconds) {
        Message message = responseTo(query);
        message.getHeader().setRcode(Rcode.NXDOMAIN);
        addSoa(message, ttlSeconds);
        return new KeptAnswer(read(query, message), ttlSeconds, 0);
    }

    /** "No such name" behind a CNAME. */
    static KeptAnswer aliasOfNothing(Query query, int ttlSeconds) {
        Message message = responseTo(query);
        message.getHeader().setRcode(Rcode.NXDOMAIN);
        message.addRecord(record(nameOf(message), Type.CNAME, ttlSeconds, "gone.example.net."), Section.ANSWER);
        addSoa(message, ttlSeconds);
        return new KeptAnswer(read(query, message), ttlSeconds, 0);
    }

    static Message responseTo(Query query) {
        try {
            Message message = new Message(query.message());
            message.removeAllRecords(Section.ADDITIONAL);
            message.getHeader().setFlag(Flags.QR);
            message.getHeader().setFlag(Flags.RA);
            return message;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Answer read(Query query, Message message) {
        byte[] wire = message.toWire();
        return Objects.requireNonNull(ResponseReader.read(wire, wire.length, query));
    }

    static Record record(Name owner, int type, int ttlSeconds, String text) {
        try {
            return Record.fromString(owner, type, DClass.IN, ttlSeconds, text, Name.root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addSoa(Message message, int ttlSeconds) {
        String text = "ns.example.org. admin.example.org. 1 2 3 4 " + ttlSeconds;
        message.addRecord(
                record(Name.fromConstantString("example.org."), Type.SOA, ttlSeconds, text), Section.AUTHORITY);
    }

    private static Name nameOf(Message message) {
        return Objects.requireNonNull(message.getQuestion()).getName();
    }
}
