"""The promises of the contract under faults: kill points, lost answers, several processes, sick disks, odd clocks."""
