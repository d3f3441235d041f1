package io.dnsproxy.testkit;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Makes queries as dnsjava messages: a random id, RD, one question of class IN, no EDNS. */
public final class Queries {

    private Queries() {}

    /** Asks for the A record of {@code www.example.org}, for instance. */
    public static Message query(String name) {
        return query(name, Type.A);
    }

    /** Asks for a type ({@link Type}). */
    public static Message query(String name, int type) {
        String absolute = name.endsWith(".") ? name : name + ".";
        return Message.newQuery(Record.newRecord(Name.fromConstantString(absolute), type, DClass.IN));
    }

    /** The same with an OPT record: the client's payload size, and its flags ({@link org.xbill.DNS.ExtendedFlags#DO} or 0). */
    public static Message withEdns(Message query, int payloadOctets, int flags) {
        Message copy = query.clone();
        copy.addRecord(new org.xbill.DNS.OPTRecord(payloadOctets, 0, 0, flags), org.xbill.DNS.Section.ADDITIONAL);
        return copy;
    }
}
