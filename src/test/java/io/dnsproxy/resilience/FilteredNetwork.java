package io.dnsproxy.resilience;

import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The loopback of a network namespace of our own, where nftables drops what shall get lost. */
final class FilteredNetwork implements Network {

    private static final String TABLE = "chaos";

    /** The columns of {@code /proc/net/tcp}. */
    private static final int LOCAL = 1;

    private static final int REMOTE = 2;

    private FilteredNetwork() {}

    /** To be called in the namespace, once. */
    static FilteredNetwork setUp() {
        run("ip", "link", "set", "lo", "up");
        nft("add", "table", "inet", TABLE);
        nft("add", "chain", "inet", TABLE, "input", "{ type filter hook input priority 0; }");
        return new FilteredNetwork();
    }

    @Override
    public void cut(ScriptedResolver upstream) {
        drop(upstream, "", "");
    }

    @Override
    public void cutConnections(ScriptedResolver upstream) {
        List<String> ports = clientPorts(upstream.port());
        if (!ports.isEmpty()) {
            String set = "{ " + String.join(", ", ports) + " }";
            drop(upstream, "tcp sport " + set, "tcp dport " + set);
        }
    }

    @Override
    public void lose(ScriptedResolver upstream, int percent) {
        String some = "numgen random mod 100 < " + percent;
        drop(upstream, some, some);
    }

    @Override
    public void mend() {
        nft("flush", "chain", "inet", TABLE, "input");
    }

    @Override
    public boolean losesPackets() {
        return true;
    }

    @Override
    public long dials() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/net/snmp")).stream()
                    .filter(line -> line.startsWith("Tcp:"))
                    .toList();
            int column = Arrays.asList(words(lines.getFirst())).indexOf("ActiveOpens");
            return Long.parseLong(words(lines.getLast())[column]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void drop(ScriptedResolver upstream, String there, String back) {
        nft("add", "rule", "inet", TABLE, "input", "tcp dport " + upstream.port() + ' ' + there + " drop");
        nft("add", "rule", "inet", TABLE, "input", "tcp sport " + upstream.port() + ' ' + back + " drop");
    }

    /** The ports from which somebody is connected to this one. */
    private static List<String> clientPorts(int port) {
        List<String> ports = new ArrayList<>();
        try {
            for (String file : List.of("tcp", "tcp6")) {
                Path path = Path.of("/proc/self/net", file);
                List<String> lines = Files.exists(path) ? Files.readAllLines(path) : List.of();
                for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                    String[] words = words(line.strip());
                    if (portOf(words[REMOTE]) == port) {
                        ports.add(Integer.toString(portOf(words[LOCAL])));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ports;
    }

    private static int portOf(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    private static String[] words(String line) {
        return line.split(" +", -1);
    }

    private static void nft(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "nft";
        System.arraycopy(words, 0, command, 1, words.length);
        run(command);
    }

    private static void run(String... command) {
        Tools.Output output = Tools.run(command);
        if (output.exitCode() != 0) {
            throw new IllegalStateException(output.command() + ": " + output.text());
        }
    }
}
