package io.dnsproxy.benchmark.sidebyside;

import java.io.IOException;

/** One thing that grows, while all else stays as it is. */
interface ScalePart {

    /** Measures, and tells what it saw as tables in Markdown. */
    String measure(ScaleRun run) throws IOException;
}
