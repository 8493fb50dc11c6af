package org.byoemail.embedded;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.server.cluster.ClusterConnection;
import org.apache.activemq.artemis.core.server.metrics.MetricsManager;
import org.apache.activemq.artemis.spi.core.protocol.ProtocolManager;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.apache.activemq.artemis.spi.core.remoting.AcceptorFactory;
import org.apache.activemq.artemis.spi.core.remoting.BufferHandler;
import org.apache.activemq.artemis.spi.core.remoting.ServerConnectionLifeCycleListener;
import org.apache.activemq.artemis.utils.actors.OrderedExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates acceptors that refuse HTTP. Artemis' own acceptors read HTTP requests of up to 2 GB into
 * memory, whatever protocols are configured and before any login; no setting disables this. Public
 * because Artemis instantiates it by name.
 */
public final class BrokerAcceptorFactory implements AcceptorFactory {
  private static final Logger log = LoggerFactory.getLogger(BrokerAcceptorFactory.class);

  /** As in {@link NettyAcceptorFactory}. */
  @Override
  public Acceptor createAcceptor(
      String name,
      ClusterConnection cluster,
      Map<String, Object> configuration,
      BufferHandler handler,
      ServerConnectionLifeCycleListener listener,
      Executor threads,
      ScheduledExecutorService scheduled,
      Map<String, ProtocolManager> protocols,
      String threadGroup,
      MetricsManager metrics) {
    return new NettyAcceptor(
        name,
        cluster,
        configuration,
        handler,
        listener,
        scheduled,
        new OrderedExecutor(threads),
        protocols,
        threadGroup,
        metrics) {
      @Override
      protected void internalStart() throws Exception {
        super.internalStart();
        for (Channel server : serverChannels(this)) {
          server.pipeline().addFirst(new AcceptedConnections());
        }
      }
    };
  }

  // Artemis has no accessor for them.
  private static ChannelGroup serverChannels(NettyAcceptor acceptor)
      throws ReflectiveOperationException {
    Field channels = NettyAcceptor.class.getDeclaredField("serverChannelGroup");
    channels.setAccessible(true);
    return (ChannelGroup) channels.get(acceptor);
  }

  /** Sees each accepted connection before Netty registers it. */
  private static final class AcceptedConnections extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      ((Channel) accepted).pipeline().addFirst(new HttpRefusal());
      context.fireChannelRead(accepted);
    }
  }

  /** Closes a connection whose first two bytes are those by which Artemis recognises HTTP. */
  private static final class HttpRefusal extends ChannelInboundHandlerAdapter {
    private static final Set<String> METHODS =
        Set.of("GE", "PO", "PU", "HE", "OP", "PA", "DE", "TR");

    private final StringBuilder begin = new StringBuilder(2);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      for (int i = bytes.readerIndex(); i < bytes.writerIndex() && begin.length() < 2; i++) {
        begin.append((char) bytes.getUnsignedByte(i));
      }
      if (begin.length() == 2) {
        if (METHODS.contains(begin.toString())) {
          bytes.release();
          log.warn(
              "The broker refuses HTTP: {} is disconnected", context.channel().remoteAddress());
          context.close();
          return;
        }
        context.pipeline().remove(this);
      }
      context.fireChannelRead(message);
    }
  }
}
