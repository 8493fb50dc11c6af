package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

class HostVettingTest {
  private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
      })
  void addressThatIsNotPublicIsRefused(String literal) {
    HostVetting vetting = vetting(literal);

    assertThatThrownBy(() -> vet(vetting, "mail.example.org", 587))
        .isInstanceOf(HostRefused.class)
        .hasMessageContaining("has no public address")
        .hasMessageNotContaining(literal)
        .hasMessageContaining("BYO_CONNECTION_ALLOWED_NETWORKS");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.0.1",
        "198.17.0.1",
        "223.255.255.255",
        "2a00:1450:4001:82a::2005",
        "2600::1"
      })
  void publicAddressIsWhatIsConnectedTo(String literal) throws UnknownHostException {
    HostVetting vetting = vetting(literal);

    assertThat(vet(vetting, "mail.example.org", 993))
        .containsExactly(InetAddress.getByName(literal));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2130706433", "127.1", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "localhost"})
  void oddFormOfLoopbackIsRefused(String typed) {
    HostVetting vetting = vetting((host, deadline) -> InetAddress.getAllByName(host));

    assertThatThrownBy(() -> vet(vetting, typed, 587)).isInstanceOf(HostRefused.class);
  }

  @Test
  void onePrivateAddressAmongPublicOnesRefusesTheHost() {
    HostVetting vetting = vetting("8.8.8.8", "10.0.0.1");

    assertThatThrownBy(() -> vet(vetting, "mail.example.org", 587))
        .isInstanceOf(HostRefused.class)
        .hasMessageNotContaining("10.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 80, 443, 3306, 5432, 6379, 8080})
  void portThatIsNotOfMailIsRefused(int port) {
    HostVetting vetting = vetting("8.8.8.8");

    assertThatThrownBy(() -> vet(vetting, "mail.example.org", port))
        .isInstanceOf(HostRefused.class)
        .hasMessageContaining("port: " + port);
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 2587, 5432})
  void allowedNetworkIsReachedOnThePortsOfMailAndThoseItNames(int port) {
    HostVetting vetting = vetting("192.168.7.9");

    assertThat(vet(vetting, "mail.intern", 587)).hasSize(1);
    assertThat(vet(vetting, "mail.intern", 3025)).hasSize(1);
    assertThatThrownBy(() -> vet(vetting, "mail.intern", port))
        .isInstanceOf(HostRefused.class)
        .hasMessageContaining("smtp.port: " + port);
  }

  @Test
  void loopbackIsReachedOnUnprivilegedPortsWhereItIsAllowed() {
    HostVetting vetting = vetting("127.0.7.1");

    assertThat(vet(vetting, "mail.intern", 40_025)).hasSize(1);
    assertThatThrownBy(() -> vet(vetting, "mail.intern", 22)).isInstanceOf(HostRefused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "10.0.0.1", ""})
  void whatNeedsNoPasswordIsForAllowedNetworksOnlyAndTellsNothingOfTheHost(String literal) {
    HostVetting vetting = literal.isEmpty() ? unknown() : vetting(literal);

    assertThatThrownBy(() -> vet(vetting, "mail.example.org", 587, null))
        .isInstanceOf(HostRefused.class)
        .hasMessageStartingWith("smtp.auth: none is refused");
    assertThatThrownBy(() -> vet(vetting, "mail.example.org", 25))
        .isInstanceOf(HostRefused.class)
        .hasMessageStartingWith("smtp.port: 25 is refused");
  }

  @Test
  void allowedNetworkNeedsNoPassword() {
    assertThat(vet(vetting("192.168.7.9"), "mail.intern", 25, null)).hasSize(1);
  }

  @Test
  void atMostFourAddressesAreTried() {
    HostVetting vetting = vetting("8.8.8.1", "8.8.8.2", "8.8.8.3", "8.8.8.4", "8.8.8.5");

    assertThat(vet(vetting, "mail.example.org", 587)).hasSize(4);
  }

  @Test
  void unknownHostIsRefusedInTheWordsOfAPrivateOne() {
    assertThat(refusal(unknown())).isEqualTo(refusal(vetting("10.0.0.1")));
  }

  @Test
  void refusalComesAfterAFullStepOfTime() {
    HostVetting vetting =
        new HostVetting(
            settings("192.168.7.0/24"),
            beans.getBeanProvider(AllowedNetwork.class),
            (host, deadline) -> new InetAddress[] {address("10.0.0.1")},
            Duration.ofMillis(50));
    long began = System.nanoTime();

    assertThatThrownBy(() -> vet(vetting, "mail.example.org", 587)).isInstanceOf(HostRefused.class);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(49));
  }

  @Test
  void networkOfABeanIsReachedOnItsPortsOnly() {
    beans.addBean("demo", AllowedNetwork.of("127.0.0.1/32", 3025, 3143));
    HostVetting vetting = vetting("127.0.0.1");

    assertThat(vet(vetting, "localhost", 3025)).hasSize(1);
    assertThatThrownBy(() -> vet(vetting, "localhost", 5432)).isInstanceOf(HostRefused.class);
  }

  @Test
  void exactEndpointAllowsThatPortOfThatAddressAlone() {
    HostVetting bridge = allowing("127.0.0.1:1143,[::1]:1025", "127.0.0.1");
    HostVetting other = allowing("127.0.0.1:1143,[::1]:1025", "127.0.0.2");

    assertThat(vet(bridge, "127.0.0.1", 1143)).hasSize(1);
    assertThat(vet(allowing("[::1]:1025", "::1"), "localhost", 1025)).hasSize(1);
    assertThatThrownBy(() -> vet(bridge, "127.0.0.1", 1144)).isInstanceOf(HostRefused.class);
    assertThatThrownBy(() -> vet(bridge, "127.0.0.1", 143)).isInstanceOf(HostRefused.class);
    assertThatThrownBy(() -> vet(other, "127.0.0.2", 1143)).isInstanceOf(HostRefused.class);
  }

  @Test
  void webServerIsRefusedInTheSameWordsWhateverTheReason() {
    String unknown = webRefusal(unknown());

    assertThat(webRefusal(vetting("10.0.0.1"))).isEqualTo(unknown);
    assertThat(webRefusal(vetting("8.8.8.8", "127.0.0.1"))).isEqualTo(unknown);
    assertThat(vetting("8.8.8.8").vetWeb("example.org", 443, soon())).hasSize(1);
    assertThatThrownBy(() -> vetting("8.8.8.8").vetWeb("example.org", 8443, soon()))
        .isInstanceOf(HostRefused.class);
    assertThatThrownBy(() -> vetting("8.8.8.8").vetMail("example.org", 25, soon()))
        .isInstanceOf(HostRefused.class);
  }

  private static String webRefusal(HostVetting vetting) {
    return catchThrowable(() -> vetting.vetWeb("example.org", 443, soon())).getMessage();
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "example.org",
        "10.0.0.0/8/8",
        "10.0.0.0/x",
        "10.0.0.0/8 smtp",
        "10.0.0.1:",
        "1.2.3:x",
        "127.0.0.1:70000",
        ""
      })
  void networkThatIsNoneStopsTheStart(String network) {
    assertThatThrownBy(() -> settings(network)).isInstanceOf(IllegalArgumentException.class);
  }

  private static String refusal(HostVetting vetting) {
    return catchThrowable(() -> vet(vetting, "mail.example.org", 587)).getMessage();
  }

  private static List<InetAddress> vet(HostVetting vetting, String host, int port) {
    return vet(vetting, host, port, "horse");
  }

  private static List<InetAddress> vet(
      HostVetting vetting, String host, int port, @Nullable String password) {
    Account account = AccountFixtures.sending(host, port, Security.STARTTLS, password);
    return vetting.vet(account, Protocol.SMTP, Deadline.in(Duration.ofSeconds(5)));
  }

  private HostVetting unknown() {
    return vetting(
        (host, deadline) -> {
          throw new UnknownHostException(host);
        });
  }

  private HostVetting vetting(String... literals) {
    return vetting(
        (host, deadline) ->
            Arrays.stream(literals).map(HostVettingTest::address).toArray(InetAddress[]::new));
  }

  private HostVetting allowing(String networks, String literal) {
    return new HostVetting(
        settings(networks),
        beans.getBeanProvider(AllowedNetwork.class),
        (host, deadline) -> new InetAddress[] {address(literal)},
        Duration.ZERO);
  }

  private HostVetting vetting(HostVetting.Resolver resolver) {
    return new HostVetting(
        settings("192.168.7.0/24 3025,127.0.7.0/24"),
        beans.getBeanProvider(AllowedNetwork.class),
        resolver,
        Duration.ZERO);
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static ConnectionSettings settings(String network) {
    Duration second = Duration.ofSeconds(1);
    return new ConnectionSettings(
        List.of(network.split(",", -1)),
        null,
        null,
        second,
        second,
        second,
        second,
        second,
        second,
        second,
        new ConnectionSettings.Tests(4, 2, 1),
        new ConnectionSettings.Pool(1, 1, second, second, 1, second, second));
  }
}
