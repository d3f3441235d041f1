package io.dnsproxy.benchmark.sidebyside;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The generator's process, seen from the one that gives the orders. One thread. */
final class Generator {

    private final Process process;
    private final BufferedReader answers;

    private Generator(Process process) {
        this.process = process;
        this.answers = process.inputReader();
    }

    static Generator start(Programs programs) throws IOException {
        List<String> command = OwnJvm.command(List.of("-XX:+UseSerialGC", "-Xmx128m"));
        command.add(GeneratorProcess.class.getName());
        return new Generator(programs.start("generator", Cores.OTHERS, true, OwnJvm.variables(), command));
    }

    long pid() {
        return process.pid();
    }

    /**
     * Waits until it is done.
     *
     * @throws IOException if the load could not be put on the server; it can be given other orders then
     * @throws IllegalStateException if there is no generator any more
     */
    Measurement carryOut(Order order) throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("the generator has ended");
        }
        process.outputWriter().write(order.line() + '\n');
        process.outputWriter().flush();
        Thread watch = Thread.startVirtualThread(() -> endAfter(order.boundMillis()));
        String answer = answers.readLine();
        watch.interrupt();
        if (answer == null) {
            throw new IllegalStateException("the generator has ended");
        }
        if (answer.startsWith(GeneratorProcess.FAILED)) {
            throw new IOException(answer.substring(GeneratorProcess.FAILED.length()));
        }
        return Measurement.parse(answer);
    }

    private void endAfter(long millis) {
        try {
            if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the answer has come
        }
    }
}
