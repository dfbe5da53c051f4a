"""What happened and what follows: the fold from timeline to state, the plan, the explanations."""
