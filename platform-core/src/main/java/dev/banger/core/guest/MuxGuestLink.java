package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestJobLink;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.HostSync;
import dev.banger.protocol.LinkInput;
import dev.banger.protocol.Mux;
import dev.banger.protocol.MuxStream;
import dev.banger.protocol.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The link to one guest over one connection. */
final class MuxGuestLink implements GuestLink {
  /** The agent opens no streams in this generation. */
  private static final int MAX_INCOMING = 0;

  private static final int SHOWN = 100;
  private static final int REMARK = 300;

  private final SocketChannel channel;
  private final Mux mux;
  private final Requests requests;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final Hello hello;

  private MuxGuestLink(SocketChannel channel, Mux mux, Requests requests, Hello hello) {
    this.channel = channel;
    this.mux = mux;
    this.requests = requests;
    this.hello = hello;
  }

  /**
   * Brings a fresh connection into step and takes the agent's greeting. Blocks; closing the channel
   * ends it.
   *
   * @throws IOException when the connection ended; another may do better
   * @throws BangerException when the agent is not one to talk to
   */
  static MuxGuestLink open(SocketChannel channel, Deadline deadline) throws IOException {
    LinkInput in = new LinkInput(ChannelStreams.in(channel));
    OutputStream out = ChannelStreams.out(channel);
    new HostSync(in, out, Thread.ofVirtual().name("link-sync").factory()).run();
    Mux mux = new Mux(in, out, Mux.Side.HOST, MAX_INCOMING);
    Thread.ofVirtual().name("link-writer").start(mux::write);
    Thread.ofVirtual().name("link-reader").start(mux::run);
    try {
      Requests requests = new Requests(mux);
      MuxGuestLink link = new MuxGuestLink(channel, mux, requests, greet(requests, deadline));
      mux.onEnd(link::ended);
      KeepAlive.watch(mux);
      return link;
    } catch (BangerException e) {
      boolean lost = !mux.isOpen();
      mux.close();
      if (lost) {
        throw new IOException(e);
      }
      throw e;
    }
  }

  private static Hello greet(Requests requests, Deadline deadline) {
    GuestMessage.Hello hello =
        requests.ask(new GuestMessage.Greet(), GuestMessage.Hello.class, deadline);
    if (hello.generation() != Protocol.GENERATION) {
      throw new BangerException(
          ErrorKind.GUEST,
          "the guest agent speaks generation %d of the protocol, this banger speaks %d"
              .formatted(hello.generation(), Protocol.GENERATION),
          "stop and start the VM: it then runs the agent that belongs to this banger");
    }
    return new Hello(
        hello.generation(),
        GuestText.clean(hello.bootId(), SHOWN),
        GuestText.clean(hello.kernel(), SHOWN),
        GuestText.clean(hello.agentVersion(), SHOWN));
  }

  @Override
  public Hello hello() {
    return hello;
  }

  @Override
  public void bootstrap(Bootstrap bootstrap, Duration deadline) {
    NetworkConfig network = bootstrap.network();
    requests.ask(
        new GuestMessage.Bootstrap(
            bootstrap.hostname(),
            micros(bootstrap.clock()),
            network.addressCidr(),
            network.gateway(),
            network.nameservers(),
            bootstrap.growRoot()),
        GuestMessage.Done.class,
        Deadline.in(deadline));
  }

  @Override
  public Health health(Duration deadline) {
    GuestMessage.HealthReport report =
        requests.ask(
            new GuestMessage.Health(), GuestMessage.HealthReport.class, Deadline.in(deadline));
    return new Health(
        Duration.ofMillis(Math.max(0, report.uptimeMillis())),
        Math.max(0, report.load1Milli()) / 1000.0,
        Math.max(0, report.memoryTotalKiB()) / 1024,
        Math.max(0, report.memoryAvailableKiB()) / 1024,
        report.bootstrapped(),
        report.initDone());
  }

  @Override
  public GuestProcess exec(ExecSpec spec, Duration deadline) {
    MuxStream stream =
        requests.start(
            new GuestMessage.Exec(
                spec.command(),
                spec.cwd(),
                spec.env(),
                spec.tty(),
                Math.clamp(spec.rows(), 0, 0xffff),
                Math.clamp(spec.cols(), 0, 0xffff)),
            Deadline.in(deadline));
    return MuxGuestProcess.on(stream);
  }

  @Override
  public void putTar(String directory, InputStream tar, Duration idleLimit) {
    MuxStream stream = requests.start(new GuestMessage.PutTar(directory), Deadline.in(idleLimit));
    new TarTransfer(stream, idleLimit).put(tar);
  }

  @Override
  public void getTar(String path, OutputStream sink, Duration idleLimit) {
    MuxStream stream = requests.start(new GuestMessage.GetTar(path), Deadline.in(idleLimit));
    new TarTransfer(stream, idleLimit).get(sink);
  }

  @Override
  public FileStatus stat(String path, Duration deadline) {
    GuestMessage.StatReport report =
        requests.ask(
            new GuestMessage.Stat(path), GuestMessage.StatReport.class, Deadline.in(deadline));
    return new FileStatus(report.exists(), report.directory());
  }

  @Override
  public String growWorkDisk(Duration deadline) {
    GuestMessage.GrowReport report =
        requests.ask(
            new GuestMessage.GrowWorkDisk(), GuestMessage.GrowReport.class, Deadline.in(deadline));
    return GuestText.clean(report.remark(), REMARK);
  }

  @Override
  public void shutdown(Duration deadline) {
    requests.ask(new GuestMessage.Shutdown(), GuestMessage.Done.class, Deadline.in(deadline));
  }

  @Override
  public void setClock(Instant now, Duration deadline) {
    requests.ask(
        new GuestMessage.SetClock(micros(now)), GuestMessage.Done.class, Deadline.in(deadline));
  }

  @Override
  public Connection dial(int port, Duration deadline) {
    return new MuxConnection(requests.start(new GuestMessage.Dial(port), Deadline.in(deadline)));
  }

  @Override
  public List<Listener> listeners(Duration deadline) {
    return new ListenerFeed(requests).once(Deadline.in(deadline));
  }

  @Override
  public void watchListeners(ListenerWatcher watcher) throws InterruptedException {
    new ListenerFeed(requests).watch(watcher);
  }

  @Override
  public GuestJobLink jobs() {
    return new MuxJobLink(requests);
  }

  @Override
  public boolean isOpen() {
    return mux.isOpen();
  }

  @Override
  public CompletableFuture<Void> onClose() {
    return closed.copy();
  }

  @Override
  public void close() {
    mux.close();
  }

  private void ended() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
    // Dependents run here; the reader of the link has nothing left to do.
    closed.complete(null);
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  /** A stream as it is. */
  private record MuxConnection(MuxStream stream) implements Connection {
    @Override
    public InputStream in() {
      return stream.in();
    }

    @Override
    public OutputStream out() {
      return stream.out();
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
