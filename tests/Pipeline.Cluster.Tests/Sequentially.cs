// Each test starts nodes that take all the cores they get; side by side they would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
