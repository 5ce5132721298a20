package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteUrlTest {
  @ParameterizedTest
  @CsvSource({
    "https://git.example.org/a/b.git, https://git.example.org/a/b.git",
    "https://token@git.example.org/a/b.git, https://git.example.org/a/b.git",
    "https://me:s3cret@git.example.org:8443/a/b.git, https://git.example.org:8443/a/b.git",
    "https://me:p@ss@git.example.org/a, https://git.example.org/a",
    "https://git.example.org/a?private_token=s3cret, https://git.example.org/a",
    "HTTPS://me:s3cret@git.example.org/a, HTTPS://git.example.org/a",
    "ssh://git:s3cret@git.example.org:22/a/b.git, ssh://git@git.example.org:22/a/b.git",
    "ssh://git@git.example.org/a, ssh://git@git.example.org/a",
    "git://git.example.org/a, git://git.example.org/a",
    "git@git.example.org:a/b.git, git@git.example.org:a/b.git",
  })
  void a_guest_is_told_where_but_not_with_what(String url, String told) {
    assertThat(RemoteUrl.withoutCredentials(url)).contains(told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/srv/git/shop.git",
        "../shop.git",
        "file:///srv/git/shop.git",
        "ext::sh -c evil",
        "https://me:s3/cret@",
        "https://me:123/cret@git.example.org/a",
        "https://me:s3/cret@git.example.org/a",
        "ssh://me:s3/cret@git.example.org/a",
        "a:b@c://d",
        "https://git.example.org/a\nb",
        ""
      })
  void paths_of_the_host_and_oddities_stay_on_the_host(String url) {
    assertThat(RemoteUrl.withoutCredentials(url)).isEmpty();
  }
}
