package io.dnsproxy.app.settings;

/** A server that is not written as {@code host[@port][#name]}. Which setting it stands in, the converter cannot know. */
final class ServerTextException extends IllegalArgumentException {

    private final String problem;

    ServerTextException(String problem) {
        super(problem);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }

    String mend() {
        return "Write host, host@port, host#name or host@port#name, such as 8.8.8.8@853#dns.google;"
                + " commas stand between servers.";
    }
}
