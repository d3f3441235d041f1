package io.dnsproxy.app;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Whether there is DNS over TLS for clients: its bundle is set, and not blank. */
final class TlsForClients implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return StringUtils.hasText(context.getEnvironment().getProperty("dnsproxy.listen.tls.ssl-bundle"));
    }
}
