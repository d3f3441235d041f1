package io.dnsproxy.benchmark.startup;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** What is started. */
enum Program {
    EMPTY("empty application", "the first 200 of /actuator/health") {
        @Override
        Map<String, String> variables(Ports ports, Upstream upstream) {
            return Map.of("SERVER_PORT", Integer.toString(ports.http()));
        }

        @Override
        boolean answers(Ports ports) throws IOException {
            return Health.isUp(ports.http());
        }
    },

    DNSPROXY("dnsproxy", "the first right answer to a query that it has to ask upstream") {
        @Override
        Map<String, String> variables(Ports ports, Upstream upstream) {
            Map<String, String> variables = new TreeMap<>(upstream.variables());
            variables.put("SERVER_ADDRESS", "127.0.0.1");
            variables.put("SERVER_PORT", Integer.toString(ports.dns()));
            variables.put("MANAGEMENT_SERVER_PORT", Integer.toString(ports.http()));
            variables.put("DNSPROXY_LISTEN_WORKERS", "1");
            return variables;
        }

        @Override
        boolean answers(Ports ports) throws IOException {
            return Dns.answers(ports.dns(), 0);
        }
    };

    private final String title;
    private final String firstAnswer;

    Program(String title, String firstAnswer) {
        this.title = title;
        this.firstAnswer = firstAnswer;
    }

    String title() {
        return title;
    }

    /** What is waited for. */
    String firstAnswer() {
        return firstAnswer;
    }

    /** What it finds in its environment. */
    abstract Map<String, String> variables(Ports ports, Upstream upstream);

    /** Whether it answers now; comes back at once when nobody listens yet, else when the answer is there. */
    abstract boolean answers(Ports ports) throws IOException;
}
