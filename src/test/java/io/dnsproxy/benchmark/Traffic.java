package io.dnsproxy.benchmark;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ResponseReader;
import java.util.Arrays;
import java.util.Random;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

/**
 * What clients ask and upstreams answer: A records of {@code host-<number>.example.org}, all of them with EDNS. Always the
 * same traffic.
 */
final class Traffic {

    /** TTL of every record: nothing expires while a benchmark runs. */
    static final int TTL_SECONDS = 86_400;

    private static final int CLIENT_PAYLOAD_OCTETS = 1232;
    private static final long SEED = 853;

    private Traffic() {}

    /** A client's query for the name with this number. */
    static byte[] query(int number) {
        Message query = Queries.withEdns(Queries.query(name(number)), CLIENT_PAYLOAD_OCTETS, 0);
        query.getHeader().setID(number & 0xffff);
        return query.toWire();
    }

    /** What an upstream answers to it, with one record. */
    static Answer answer(Query query, int number) {
        return answer(query, number, 1);
    }

    /** What an upstream answers to it, with so many records. */
    static Answer answer(Query query, int number, int records) {
        Message response = Queries.query(name(number));
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setFlag(Flags.RA);
        Name owner = Name.fromConstantString(name(number) + ".");
        for (int i = 0; i < records; i++) {
            byte[] address = {(byte) 192, 0, 2, (byte) (number + i)};
            response.addRecord(new ARecord(owner, DClass.IN, TTL_SECONDS, address), Section.ANSWER);
        }
        response.addRecord(new OPTRecord(CLIENT_PAYLOAD_OCTETS, 0, 0), Section.ADDITIONAL);
        byte[] wire = response.toWire();
        Answer answer = ResponseReader.read(wire, wire.length, query);
        if (answer == null) {
            throw new AssertionError("not an answer: " + response);
        }
        return answer;
    }

    /**
     * In which order names are asked for: a few very often, most seldom, as Zipf's law has it with exponent 1 and as caches of
     * DNS see it. Which names are popular is random, so they do not lie together in memory.
     *
     * @param names how many there are
     * @param length how many queries
     */
    static int[] zipf(int names, int length) {
        Random random = new Random(SEED);
        int[] numberOfRank = shuffled(names, random);
        double[] cumulative = new double[names];
        double sum = 0;
        for (int rank = 0; rank < names; rank++) {
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
        }
        int[] order = new int[length];
        for (int i = 0; i < length; i++) {
            int found = Arrays.binarySearch(cumulative, random.nextDouble() * sum);
            order[i] = numberOfRank[Math.min(names - 1, found < 0 ? -found - 1 : found)];
        }
        return order;
    }

    private static int[] shuffled(int names, Random random) {
        int[] numbers = new int[names];
        for (int i = 0; i < names; i++) {
            int j = random.nextInt(i + 1);
            numbers[i] = numbers[j];
            numbers[j] = i;
        }
        return numbers;
    }

    private static String name(int number) {
        return "host-" + number + ".example.org";
    }
}
