package dev.lockkeeper.operator.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Makes a request of another version than HTTP 1.1 or 1.0 a malformed one: the server would answer it with 501, and every answer
 * would show the version that the client made up.
 */
@ChannelHandler.Sharable
final class KnownVersions extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && !known(request.protocolVersion())) {
            request.setProtocolVersion(HttpVersion.HTTP_1_1);
            if (request.decoderResult().isSuccess()) {
                request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("unknown version")));
            }
        }
        context.fireChannelRead(message);
    }

    /** By identity, as the server does it: a version in lower case is equal, but another object. */
    private static boolean known(HttpVersion version) {
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }
}
