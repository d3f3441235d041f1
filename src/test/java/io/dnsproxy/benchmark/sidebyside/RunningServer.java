package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.benchmark.sidebyside.Question.Verdict;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A server that answers.
 *
 * @param contestant which it is
 * @param process its process
 * @param port where it listens on 127.0.0.1
 */
record RunningServer(Contestant contestant, Process process, int port) {

    private static final long PATIENCE_NANOS = 40_000_000_000L;
    private static final int TRY_MILLIS = 200;

    /**
     * Starts it on a free port of the first core, and waits for its first right answer.
     *
     * @throws IOException if none comes
     */
    static RunningServer start(Contestant contestant, Programs programs, int upstreamPort, Options options)
            throws IOException {
        return start(contestant, programs, upstreamPort, options, Integer.toString(Cores.SERVER), Map.of());
    }

    /**
     * The same elsewhere, with more to find in its environment.
     *
     * @param cores as {@code taskset} takes them
     */
    static RunningServer start(
            Contestant contestant,
            Programs programs,
            int upstreamPort,
            Options options,
            String cores,
            Map<String, String> moreVariables)
            throws IOException {
        Place place = new Place(programs.folder(), Place.freePort(), upstreamPort);
        Map<String, String> variables = new TreeMap<>(contestant.variables(place));
        variables.putAll(moreVariables);
        Process process =
                programs.start(contestant.word(), cores, false, variables, contestant.command(place, options));
        RunningServer server = new RunningServer(contestant, process, place.port());
        if (!server.answers()) {
            throw new IOException(contestant.title() + " does not answer: " + programs.said(contestant.word()));
        }
        return server;
    }

    Order order(Demand demand, long warmMillis, long millis) {
        return new Order(demand, port, process.pid(), contestant.isFloor(), warmMillis, millis);
    }

    private boolean answers() throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            socket.setSoTimeout(TRY_MILLIS);
            while (process.isAlive() && System.nanoTime() < deadlineNanos) {
                if (answersOnce(socket)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean answersOnce(DatagramSocket socket) throws IOException {
        byte[] query = new byte[Question.OCTETS];
        Question.write(query, 0, 0, 0);
        DatagramPacket answer = new DatagramPacket(new byte[512], 512);
        try {
            socket.send(new DatagramPacket(query, query.length));
            socket.receive(answer);
        } catch (SocketTimeoutException e) {
            return false;
        } catch (PortUnreachableException e) {
            pause();
            return false;
        }
        return Question.check(answer.getData(), 0, answer.getLength(), 0, contestant.isFloor()) == Verdict.RIGHT;
    }

    private void pause() {
        try {
            boolean _ = process.waitFor(TRY_MILLIS / 4, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
