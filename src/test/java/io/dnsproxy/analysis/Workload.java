package io.dnsproxy.analysis;

/** The two kinds of clients that the document looks at. */
enum Workload {
    PEOPLE("people"),
    SERVICES("services");

    final String text;

    Workload(String text) {
        this.text = text;
    }

    Setup setup() {
        return this == PEOPLE ? Setup.people() : Setup.services();
    }
}
