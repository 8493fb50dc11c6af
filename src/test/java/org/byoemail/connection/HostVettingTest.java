package org.byoemail.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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

    assertThatThrownBy(() -> vetting.vet("mail.example.org", 587))
        .isInstanceOf(HostRefused.class)
        .hasMessageContaining("is refused")
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

    assertThat(vetting.vet("mail.example.org", 993))
        .containsExactly(InetAddress.getByName(literal));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2130706433", "127.1", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "localhost"})
  void oddFormOfLoopbackIsRefused(String typed) {
    HostVetting vetting = vetting(InetAddress::getAllByName);

    assertThatThrownBy(() -> vetting.vet(typed, 25)).isInstanceOf(HostRefused.class);
  }

  @Test
  void onePrivateAddressAmongPublicOnesRefusesTheHost() {
    HostVetting vetting = vetting("8.8.8.8", "10.0.0.1");

    assertThatThrownBy(() -> vetting.vet("mail.example.org", 587))
        .isInstanceOf(HostRefused.class)
        .hasMessageContaining("10.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 80, 443, 3306, 5432, 6379, 8080})
  void portThatIsNotOfMailIsRefused(int port) {
    HostVetting vetting = vetting("8.8.8.8");

    assertThatThrownBy(() -> vetting.vet("mail.example.org", port))
        .isInstanceOf(HostRefused.class)
        .hasMessageContaining("port " + port);
  }

  @Test
  void allowedNetworkIsReachedOnEveryPort() {
    HostVetting vetting = vetting("192.168.7.9");

    assertThat(vetting.vet("mail.intern", 2587)).hasSize(1);
  }

  @Test
  void networkOfABeanIsReachedOnItsPortsOnly() {
    beans.addBean("demo", AllowedNetwork.of("127.0.0.1/32", 3025, 3143));
    HostVetting vetting = vetting("127.0.0.1");

    assertThat(vetting.vet("localhost", 3025)).hasSize(1);
    assertThatThrownBy(() -> vetting.vet("localhost", 5432)).isInstanceOf(HostRefused.class);
  }

  @Test
  void unknownHostIsSaidToBeUnknown() {
    HostVetting vetting =
        vetting(
            host -> {
              throw new UnknownHostException(host);
            });

    assertThatThrownBy(() -> vetting.vet("mail.example.org", 25))
        .isInstanceOf(HostRefused.class)
        .hasMessageContaining("unknown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "example.org", "10.0.0.0/8/8", "10.0.0.0/x", ""})
  void networkThatIsNoneStopsTheStart(String network) {
    assertThatThrownBy(() -> settings(network)).isInstanceOf(IllegalArgumentException.class);
  }

  private HostVetting vetting(String... literals) {
    return vetting(
        host -> Arrays.stream(literals).map(HostVettingTest::address).toArray(InetAddress[]::new));
  }

  private HostVetting vetting(HostVetting.Resolver resolver) {
    return new HostVetting(
        settings("192.168.7.0/24"), beans.getBeanProvider(AllowedNetwork.class), resolver);
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
        List.of(network),
        null,
        null,
        second,
        second,
        second,
        second,
        second,
        new ConnectionSettings.Pool(1, 1, second, second, 1, second, second));
  }
}
