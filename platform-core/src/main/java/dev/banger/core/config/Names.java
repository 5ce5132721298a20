package dev.banger.core.config;

import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Friendly names for VMs that were given none: {@code brisk-otter}. */
public final class Names {
  private static final List<String> ADJECTIVES =
      words(
          """
          agile amber ample apt azure balmy blithe bold brave breezy bright brisk calm candid
          cheery clear clever cosy crisp curious daring deft dapper eager early easy elegant fair
          fleet fond fresh gentle glad golden grand happy hardy hazel honest jolly keen kind
          lively lucid lucky mellow merry mild modest neat nimble noble patient placid plucky
          polite proud quick quiet rapid ready robust rosy serene silver smart snug sober solid
          spry steady sunny swift tidy tranquil trusty upbeat vivid warm wise witty young zesty
          """);
  private static final List<String> ANIMALS =
      words(
          """
          alpaca badger beaver bison bittern bobcat bunting caribou chamois cicada condor cormorant
          crane cricket curlew deer dolphin dormouse dove egret eider elk falcon ferret finch
          firefly fox gannet gazelle gecko goldfinch grouse hare hawk hedgehog heron hoopoe ibex
          ibis jackdaw kestrel kingfisher kiwi koala lark lemur leveret linnet llama lynx magpie
          marmot marten merlin mole moose moth newt nuthatch ocelot oriole osprey otter owl panda
          penguin petrel pika plover puffin quail rabbit raven robin salmon seal serval shrew skylark
          sparrow squirrel starling stoat stork swallow swan tapir teal tern thrush toucan
          trout turtle vole wagtail walrus warbler wombat wren yak zebra
          """);
  private static final int TRIES = 64;

  private final RandomGenerator random;

  public Names() {
    this(new SecureRandom());
  }

  Names(RandomGenerator random) {
    this.random = random;
  }

  /** A valid name that is not in {@code existing}. */
  public String generate(Collection<String> existing) {
    Set<String> taken = Set.copyOf(existing);
    for (int i = 0; i < TRIES; i++) {
      String name = pair();
      if (!taken.contains(name)) {
        return name;
      }
    }
    // So many VMs that most pairs are taken; a number always finds room.
    String base = pair();
    int number = 2;
    while (taken.contains(base + "-" + number)) {
      number++;
    }
    return base + "-" + number;
  }

  static List<String> adjectives() {
    return ADJECTIVES;
  }

  static List<String> animals() {
    return ANIMALS;
  }

  private String pair() {
    return ADJECTIVES.get(random.nextInt(ADJECTIVES.size()))
        + "-"
        + ANIMALS.get(random.nextInt(ANIMALS.size()));
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
