package dev.lockkeeper.operator.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;
import org.jboss.logging.Logger;

/**
 * Sets TCP keep-alive on the connections of agents: balancers between keep a connection open while its request is held, and a
 * machine that vanished is noticed {@value #SECONDS} × (1 + {@value #PROBES}) seconds later.
 */
final class KeepAlive {

    /** Of silence before the first probe, and between two. */
    static final int SECONDS = 30;

    static final int PROBES = 3;

    private static final Logger LOG = Logger.getLogger(KeepAlive.class);

    private KeepAlive() {}

    /** Where the transport or the system cannot, requests are served without. */
    static void on(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), SECONDS);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), SECONDS);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        } catch (RuntimeException e) {
            LOG.debugf(e, "a connection has no TCP keep-alive");
        }
    }
}
