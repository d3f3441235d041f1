package io.dnsproxy.benchmark.startup;

import io.dnsproxy.testkit.ExampleZone;
import io.dnsproxy.testkit.Queries;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.BitSet;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** A client that asks for the A records of numbered names over UDP. */
final class Dns {

    private static final int PATIENCE_MILLIS = 5_000;
    private static final int PAYLOAD_OCTETS = 512;
    private static final int IN_FLIGHT = 64;

    /** A failure is remembered for some seconds, and the machine may have other things to do. */
    private static final int AGAIN_MILLIS = 2_000;

    private static final int MAX_TRIES = 15;

    private Dns() {}

    /** Whether a query gets its right answer; false at once where nobody listens. */
    static boolean answers(int port, int number) throws IOException {
        try (DatagramChannel channel = open(port)) {
            channel.socket().setSoTimeout(PATIENCE_MILLIS);
            Message query = Queries.query(name(number));
            channel.write(ByteBuffer.wrap(query.toWire()));
            ByteBuffer answer = ByteBuffer.allocate(PAYLOAD_OCTETS);
            DatagramPacket packet = new DatagramPacket(answer.array(), PAYLOAD_OCTETS);
            channel.socket().receive(packet);
            Message seen = new Message(answer.limit(packet.getLength()));
            return seen.getHeader().getID() == query.getHeader().getID()
                    && seen.getRcode() == Rcode.NOERROR
                    && seen.getSection(Section.ANSWER)
                            .equals(ExampleZone.answer(query).getSection(Section.ANSWER));
        } catch (PortUnreachableException | SocketTimeoutException e) {
            return false;
        }
    }

    /**
     * Asks for so many names, a few at a time, again where no answer came or a failure, until all are answered.
     *
     * @throws IOException if some never are
     */
    static void askAll(int port, int names) throws IOException {
        try (DatagramChannel channel = open(port)) {
            channel.socket().setSoTimeout(AGAIN_MILLIS);
            for (int first = 0; first < names; first += IN_FLIGHT) {
                BitSet open = new BitSet();
                open.set(first, Math.min(names, first + IN_FLIGHT));
                for (int tries = 0; !open.isEmpty(); tries++) {
                    if (tries == MAX_TRIES) {
                        throw new IOException("not answered: " + open.cardinality() + " of " + names);
                    }
                    ask(channel, open);
                }
            }
        }
    }

    /** Asks for these names once, and takes those out that are answered. */
    private static void ask(DatagramChannel channel, BitSet open) throws IOException {
        int first = open.nextSetBit(0);
        for (int number = first; number >= 0; number = open.nextSetBit(number + 1)) {
            byte[] query = Queries.query(name(number)).toWire();
            query[0] = (byte) (number >> 8);
            query[1] = (byte) number;
            channel.write(ByteBuffer.wrap(query));
        }
        byte[] buffer = new byte[PAYLOAD_OCTETS];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            while (!open.isEmpty()) {
                channel.socket().receive(packet);
                int number = (first & ~0xffff) + (((buffer[0] & 0xff) << 8) | (buffer[1] & 0xff));
                if ((buffer[3] & 15) == Rcode.NOERROR && buffer[7] == 1) {
                    open.clear(number);
                }
            }
        } catch (SocketTimeoutException e) {
            // the rest is asked again
        }
    }

    private static DatagramChannel open(int port) throws IOException {
        return DatagramChannel.open().connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    }

    private static String name(int number) {
        return "n" + number + ".example.org";
    }
}
