import dev.banger.client.Banger;
import dev.banger.client.ExecResult;
import dev.banger.client.RpcException;
import dev.banger.client.Vm;
import dev.banger.client.VmSpec;
import dev.banger.client.Vms;

/** Makes a VM, runs commands in it, lists it and deletes it. */
final class LifeOfAVm {
  public static void main(String[] args) {
    String image = args.length > 0 ? args[0] : "tiny";
    Vms vms = Banger.connect().vms();
    VmSpec spec = VmSpec.named("example").from(image).withCpus(1).labelled("made-by", "example");
    Vm vm = vms.create(spec, stage -> System.err.println(stage.name() + " " + stage.status()));
    try {
      ExecResult kernel = vms.exec(vm.id(), "uname", "-s");
      System.out.println("its kernel is " + kernel.stdout().strip());
      ExecResult failed = vms.exec(vm.id(), "sh", "-c", "echo no >&2; exit 3");
      System.out.println("exit " + failed.exitCode() + ": " + failed.stderr().strip());
      for (Vm each : vms.list(spec.labels())) {
        System.out.println(each.name() + " is " + each.state());
      }
      vms.exec(vm.id(), "no-such-program");
    } catch (RpcException e) {
      System.out.println(e.kind() + ": " + e.getMessage());
    } finally {
      vms.delete(vm.id());
    }
  }
}
