package io.dnsproxy.benchmark.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What disturbed a run, as shares of all processors' time, from 0 to 1.
 *
 * @param others that other programs took
 * @param stolen that the machine below this one took (steal, in a virtual machine)
 */
record Noise(double others, double stolen) {

    private static final long MICROS_PER_TICK = 10_000;
    private static final int STEAL = 7; // of user nice system idle iowait irq softirq steal

    /** From now on. */
    static Watch watch() throws IOException {
        return new Watch();
    }

    /** Knows the programs of the run, which are no noise. */
    static final class Watch {

        private final List<Long> ours = new ArrayList<>();
        private final long[] before = times();
        private final long self = ProcessHandle.current().pid();
        private final long selfBefore = ProcessFigures.cpuMicros(self);

        private long ended;

        private Watch() throws IOException {}

        void add(long pid) {
            ours.add(pid);
        }

        /** One that is about to be ended by the run: what it took until now was no noise. */
        void ends(long pid) throws IOException {
            ended += ProcessFigures.cpuMicros(pid);
            ours.remove(pid);
        }

        /** To be called while they still run. */
        Noise end() throws IOException {
            long[] now = times();
            double all = 0;
            for (int i = 0; i <= STEAL; i++) {
                now[i] -= before[i];
                all += now[i];
            }
            long busy = now[0] + now[1] + now[2] + now[5] + now[6];
            long known = ProcessFigures.cpuMicros(self) - selfBefore + ended;
            for (long pid : ours) {
                if (Files.exists(Path.of("/proc", Long.toString(pid)))) {
                    known += ProcessFigures.cpuMicros(pid);
                }
            }
            return new Noise(Math.max(0, busy - (double) known / MICROS_PER_TICK) / all, now[STEAL] / all);
        }

        private static long[] times() throws IOException {
            String[] words =
                    Files.readAllLines(Path.of("/proc/stat")).getFirst().trim().split(" +", -1);
            long[] times = new long[STEAL + 1];
            for (int i = 0; i < times.length; i++) {
                times[i] = Long.parseLong(words[i + 1]);
            }
            return times;
        }
    }
}
