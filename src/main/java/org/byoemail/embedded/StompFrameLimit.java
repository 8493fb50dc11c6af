package org.byoemail.embedded;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.core.protocol.stomp.StompConnection;
import org.apache.activemq.artemis.core.protocol.stomp.StompDecoder;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnection;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerConnectionPlugin;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes STOMP connections that send a frame too large to be a submission. Artemis buffers a whole
 * frame before its size can be checked, even from clients that have not logged in. The unfinished
 * frames of all connections together are limited, too.
 */
final class StompFrameLimit implements ActiveMQServerConnectionPlugin {
  private static final Logger log = LoggerFactory.getLogger(StompFrameLimit.class);

  private static final int MAX_UNFINISHED_LOGIN = 16 << 10;
  private static final int MAX_HEADERS = 64 << 10;

  /** A buffer that has grown beyond this is not kept for the next frame. */
  private static final int MAX_KEPT_BUFFER = 1 << 20;

  private final long maxFrame;
  private final long maxUnfinished;
  private final AtomicLong unfinished = new AtomicLong();

  /**
   * @param maxFrame in bytes, of a client that has logged in
   * @param maxUnfinished in bytes, of all connections together
   */
  StompFrameLimit(long maxFrame, long maxUnfinished) {
    this.maxFrame = maxFrame;
    this.maxUnfinished = maxUnfinished;
  }

  @Override
  public void afterCreateConnection(RemotingConnection connection) {
    if (connection instanceof StompConnection stomp
        && connection.getTransportConnection() instanceof NettyConnection netty) {
      Channel channel = netty.getNettyChannel();
      channel.pipeline().addBefore("handler", "frame-limit", new Limit(stomp));
    }
  }

  private final class Limit extends ChannelInboundHandlerAdapter {
    private final StompConnection connection;
    private int counted;

    Limit(StompConnection connection) {
      this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      context.fireChannelRead(bytes);
      StompDecoder decoder = connection.getFrameHandler().getDecoder();
      String fault;
      synchronized (decoder) {
        count(decoder.data);
        fault = fault(decoder);
        if (decoder.data == 0 && decoder.workingBuffer.length > MAX_KEPT_BUFFER) {
          decoder.workingBuffer = new byte[MAX_HEADERS];
        }
      }
      if (fault != null) {
        log.warn(
            "The STOMP client at {} is disconnected: {}", context.channel().remoteAddress(), fault);
        connection.fail(new ActiveMQException(ActiveMQExceptionType.NOT_CONNECTED, fault));
        context.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      count(0);
      context.fireChannelInactive();
    }

    private void count(int data) {
      unfinished.addAndGet(data - counted);
      counted = data;
    }

    private @Nullable String fault(StompDecoder decoder) {
      if (!connection.isValid() && decoder.data > MAX_UNFINISHED_LOGIN) {
        return "it has not logged in, and its frame is over " + MAX_UNFINISHED_LOGIN + " bytes";
      }
      int headers = decoder.readingHeaders ? decoder.data : decoder.bodyStart;
      if (headers > MAX_HEADERS) {
        return "the headers of its frame are over " + MAX_HEADERS + " bytes";
      }
      if (decoder.data > maxFrame) {
        return "its frame is over " + maxFrame + " bytes";
      }
      // Short frames do not count, so that small submissions continue while others use up the
      // limit.
      if (decoder.data > MAX_HEADERS && unfinished.get() > maxUnfinished) {
        return "the unfinished frames of all clients are over " + maxUnfinished + " bytes";
      }
      return null;
    }
  }
}
