package io.dnsproxy.resilience;

import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.Welcome;
import java.util.ArrayList;
import java.util.List;

/** Where packets cannot be lost: upstreams fall silent, though their machine still acknowledges what they get. */
final class SilentNetwork implements Network {

    private final List<ScriptedResolver> silenced = new ArrayList<>();

    @Override
    public void cut(ScriptedResolver upstream) {
        silenced.add(upstream);
        upstream.welcome(Welcome.SILENCE);
        upstream.freezeConnections();
    }

    @Override
    public void cutConnections(ScriptedResolver upstream) {
        upstream.freezeConnections();
    }

    @Override
    public void lose(ScriptedResolver upstream, int percent) {
        throw new UnsupportedOperationException("no packets are lost here");
    }

    @Override
    public void mend() {
        silenced.forEach(upstream -> upstream.welcome(Welcome.TLS));
        silenced.clear();
    }

    @Override
    public boolean losesPackets() {
        return false;
    }

    @Override
    public long dials() {
        return -1;
    }
}
